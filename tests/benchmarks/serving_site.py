"""Fill an empty site for bench_serving: films, members with histories, live models.

python -m tests.benchmarks.serving_site FILMS HISTORY USERS

Prints one session key per member.
"""

import sys

import django
import numpy as np

GENRES = [f"Genre {number}" for number in range(1, 21)]


def main() -> None:
    django.setup()
    films, history, users = (int(text) for text in sys.argv[1:4])
    fill_catalog(films)
    publish(films)
    keys = [member(number, films, history) for number in range(users)]
    settle_statistics()
    print("\n".join(keys))


def fill_catalog(films: int) -> None:
    from catalog.models import Genre, Movie

    random = np.random.default_rng(4)
    genres = Genre.objects.bulk_create(
        Genre(name=name, slug=name.lower().replace(" ", "-")) for name in GENRES
    )
    Movie.objects.bulk_create(
        (
            Movie(
                pk=number,
                title=f"The film of the number {number}",
                search_title=f"\nthe film of the number {number}\n",
                year=int(random.integers(1920, 2025)),
                runtime=int(random.integers(60, 200)),
                original_language="en",
                poster_path=f"/poster{number}.jpg",
            )
            for number in range(1, films + 1)
        ),
        batch_size=5000,
    )
    through = Movie.genres.through
    through.objects.bulk_create(
        (
            through(movie_id=number, genre_id=genres[int(place)].pk)
            for number in range(1, films + 1)
            for place in random.choice(len(genres), 2, replace=False)
        ),
        batch_size=10_000,
    )


def settle_statistics() -> None:
    """As an import leaves them; without, plans are guesses until autovacuum comes by, a minute on.

    By then it would work beside the requests that are measured, too.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def publish(films: int) -> None:
    from django.utils import timezone

    from recommender.models import ModelVersion
    from recommender.versions.artifacts import store
    from recommender.versions.publish import publish

    from . import synthetic

    for kind, make in {
        "factorization": synthetic.factorization,
        "sequence": synthetic.sequence,
    }.items():
        arrays, settings = make(films)
        version = ModelVersion.objects.create(kind=kind, trained_at=timezone.now())
        version.artifact = f"{kind}/{version.pk}"
        version.save()
        store(version.artifact, arrays, {"settings": settings, "kind": kind})
        publish(version, "benchmark")


def member(number: int, films: int, history: int) -> str:
    """A member with ratings; gives the key of a session that is logged in."""
    from django.test import Client

    from catalog.models import Rating
    from moviesite.accounts.models import User

    random = np.random.default_rng(100 + number)
    user = User.objects.create_user(f"member{number}", f"member{number}@example.org")
    Rating.objects.bulk_create(
        Rating(user=user, movie_id=int(pk), half_stars=int(random.integers(1, 11)))
        for pk in random.choice(min(films, 10_000), history, replace=False) + 1
    )
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    main()
