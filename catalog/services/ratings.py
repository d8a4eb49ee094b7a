"""Ratings: what makes, changes and removes them, for one film and for many.

Everybody comes here: pages, API, admin, diary, members' imports, undo and the deletion of an
account. Only the import of a dataset has a writer of its own
(``catalog.dataset_import.upsert_ratings``). Each function is one transaction; a film that is rated
is hidden no longer; and ``ratings_changed`` is sent once, after the commit. Stars are half-stars
here, from 1 to 10: forms and the API convert theirs by ``half_stars_of``.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import HiddenMovie, Movie, Rating
from catalog.signals import ratings_changed

GIVEN = """
    unnest(%(movies)s::bigint[], %(half_stars)s::smallint[], %(times)s::timestamptz[])
    WITH ORDINALITY AS given (movie_id, half_stars, rated_at, place)
"""
ADD = f"""
INSERT INTO catalog_rating (user_id, movie_id, half_stars, rated_at, updated_at)
SELECT %(user)s, movie_id, half_stars, rated_at, %(now)s FROM {GIVEN}
ORDER BY place
ON CONFLICT (user_id, movie_id) DO NOTHING
RETURNING movie_id
"""  # noqa: S608
CHANGE = f"""
UPDATE catalog_rating SET half_stars = given.half_stars, rated_at = given.rated_at,
    updated_at = %(now)s
FROM {GIVEN}
WHERE catalog_rating.user_id = %(user)s AND catalog_rating.movie_id = given.movie_id
RETURNING catalog_rating.movie_id
"""  # noqa: S608


class InvalidRatingError(ValueError):
    """The value is not a half-star from 0.5 to 5.0."""


class RatedFilm(NamedTuple):
    """What a user gives a film, and when it was given, on this site or elsewhere."""

    movie_id: int
    half_stars: int
    rated_at: datetime


def half_stars_of(stars: float | Decimal | str) -> int:
    """``4.5`` → 9. Raises InvalidRatingError for anything but 0.5, 1.0, … 5.0."""
    try:
        doubled = math.nan if isinstance(stars, bool) else float(stars) * 2
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidRatingError(f"rating must be a number, got {stars!r}") from error
    if not math.isfinite(doubled) or doubled != int(doubled) or not 1 <= doubled <= 10:
        raise InvalidRatingError(f"rating must be a half-star from 0.5 to 5.0, got {stars!r}")
    return int(doubled)


def check(half_stars: int) -> None:
    """Raise InvalidRatingError for anything but 1, 2, … 10."""
    if not 1 <= half_stars <= 10:
        raise InvalidRatingError(f"half_stars must be from 1 to 10, got {half_stars}")


def rate(*, user_id: int, movie: Movie, half_stars: int) -> Rating:
    """Save a user's rating of a film, made now; an earlier one of the same film is replaced."""
    check(half_stars)
    now = timezone.now()
    with transaction.atomic():
        rating, _ = Rating.objects.update_or_create(
            user_id=user_id,
            movie=movie,
            defaults={"half_stars": half_stars, "updated_at": now},
            create_defaults={"half_stars": half_stars, "rated_at": now, "updated_at": now},
        )
        _show_again(user_id, [movie.pk])
        announce(user_id)
    return rating


def rate_many(
    user_id: int,
    *,
    new: Sequence[RatedFilm] = (),
    changed: Sequence[RatedFilm] = (),
    now: datetime | None = None,
) -> set[int]:
    """Save a user's ratings of many films; returns the keys of the films that have them now.

    A rating of a ``new`` film that is there already stays, and so does the absence of one of a
    ``changed`` film. A history keeps the order of ``new`` where times are equal.
    """
    for film in (*new, *changed):
        check(film.half_stars)
    written: set[int] = set()
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for statement, films in ((ADD, new), (CHANGE, changed)):
            if films:
                cursor.execute(
                    statement,
                    {
                        "user": user_id,
                        "movies": [film.movie_id for film in films],
                        "half_stars": [film.half_stars for film in films],
                        "times": [film.rated_at for film in films],
                        "now": now or timezone.now(),
                    },
                )
                written.update(movie_id for (movie_id,) in cursor.fetchall())
        if written:
            _show_again(user_id, written)
            announce(user_id)
    return written


def save(rating: Rating) -> None:
    """Save a rating that a form has filled in, which may have been another user's before."""
    check(rating.half_stars)
    rating.updated_at = timezone.now()
    with transaction.atomic():
        owner = Rating.objects.filter(pk=rating.pk).values_list("user_id", flat=True).first()
        rating.save()
        _show_again(rating.user_id, [rating.movie_id])
        announce(rating.user_id if owner in (None, rating.user_id) else None)


def unrate(*, user_id: int, movie: Movie) -> bool:
    """Remove a user's rating of a film. True when there was one."""
    return bool(unrate_many(user_id, [movie.pk]))


def unrate_many(user_id: int, movie_ids: Collection[int]) -> int:
    """Remove a user's ratings of films. Returns how many there were."""
    return _delete(Rating.objects.filter(user_id=user_id, movie_id__in=movie_ids), user_id)


def unrate_all(user_id: int) -> int:
    """Remove whatever a user has rated. Returns how many ratings there were."""
    return _delete(Rating.objects.filter(user_id=user_id), user_id)


def remove(ratings: QuerySet[Rating]) -> int:
    """Remove ratings of any number of users. Returns how many there were."""
    return _delete(ratings, None)


def restore(user_id: int, movie_ids: Collection[int], ratings: Iterable[Rating]) -> None:
    """Make these rows, with their keys and times, all that a user thinks of some films.

    Hidden films stay so: whoever goes back knows what was hidden before.
    """
    with transaction.atomic(savepoint=False):
        Rating.objects.filter(user_id=user_id, movie_id__in=movie_ids).delete()
        Rating.objects.bulk_create(ratings)
        announce(user_id)


def announce(user_id: int | None) -> None:
    """Send ``ratings_changed`` after the commit; None stands for several users."""
    transaction.on_commit(lambda: ratings_changed.send_robust(Rating, user_id=user_id))


def _delete(ratings: QuerySet[Rating], user_id: int | None) -> int:
    with transaction.atomic(savepoint=False):
        deleted, _ = ratings.delete()
        if deleted:
            announce(user_id)
    return deleted


def _show_again(user_id: int, movie_ids: Collection[int]) -> None:
    HiddenMovie.objects.filter(user_id=user_id, movie_id__in=movie_ids).delete()
