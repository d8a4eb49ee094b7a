"""A site for `bench_members`: real films and ratings, models of random numbers, and members.

python -m tests.benchmarks.members_site MEMBERS FILE

Writes who they are, and what they may ask for, into FILE as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

    from catalog.models import Movie

RATINGS = 40  # of each member, before they come
FILMS, PEOPLE = 3000, 300  # that they look at: the most rated ones


def fill(environment: dict[str, str], dataset: Path) -> None:
    """Bring the dataset in, where the site has no films yet."""
    from .fresh_site import manage

    if manage(environment, "shell", "-v", "0", "-c", COUNT).split()[-1] == "0":
        manage(environment, "import_dataset", str(dataset))
    manage(environment, "collectstatic", "--noinput", "--verbosity", "0")


COUNT = "from catalog.models import Movie; print(Movie.objects.count())"


def publish_models() -> None:
    """As large as those of production: what they say is not looked at."""
    from catalog.models import Movie
    from recommender.models import ModelVersion

    from .serving_site import publish

    if ModelVersion.objects.live("sequence") is None:
        publish(Movie.objects.order_by("-pk").values_list("pk", flat=True)[0])


def describe(members: int) -> dict[str, object]:
    """Sessions of so many members, and films and people with their addresses."""
    from catalog.models import Person

    films = best_known()
    people = Person.objects.order_by("pk")[:PEOPLE]
    return {
        "sessions": [session_of(member(f"bench-{number}", films)) for number in range(members)],
        "films": [(film.pk, film.get_absolute_url(), film.title) for film in films],
        "people": [person.get_absolute_url() for person in people],
    }


def best_known() -> list[Movie]:
    from catalog.models import Movie

    return list(Movie.objects.suitable().order_by("-rating_count", "pk")[:FILMS])


def member(name: str, films: Sequence[Movie], ratings: int = RATINGS) -> AbstractUser:
    """Who has rated some of the best known films."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from catalog.models import Rating
    from catalog.services.ratings import RatedFilm, rate_many

    users = get_user_model().objects
    user = users.filter(username=name).first() or users.create_user(name, f"{name}@example.org")
    if not Rating.objects.filter(user=user).exists():
        random = np.random.default_rng(user.pk)
        known = [film.pk for film in films[:500]]
        chosen = random.choice(known, min(ratings, len(known)), replace=False)
        now = timezone.now()
        new = [RatedFilm(int(pk), int(random.integers(2, 11)), now) for pk in chosen]
        rate_many(user.pk, new=new)
    return user


def session_of(user: AbstractUser) -> str:
    """The key of a session that is logged in."""
    from django.test import Client

    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    django.setup()
    publish_models()
    Path(sys.argv[2]).write_text(json.dumps(describe(int(sys.argv[1]))), encoding="utf-8")


if __name__ == "__main__":
    main()
