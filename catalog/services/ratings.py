"""Rating a film: the one write path that everybody rates through."""

import math
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from catalog.models import HiddenMovie, Movie, Rating
from catalog.signals import ratings_changed


class InvalidRatingError(ValueError):
    """The value is not a half-star from 0.5 to 5.0."""


def half_stars_of(stars: float | Decimal | str) -> int:
    """``4.5`` → 9. Raises InvalidRatingError for anything but 0.5, 1.0, … 5.0."""
    try:
        doubled = float(stars) * 2
    except (TypeError, ValueError) as error:
        raise InvalidRatingError(f"rating must be a number, got {stars!r}") from error
    if not math.isfinite(doubled) or doubled != int(doubled) or not 1 <= doubled <= 10:
        raise InvalidRatingError(f"rating must be a half-star from 0.5 to 5.0, got {stars!r}")
    return int(doubled)


def rate(*, user_id: int, movie: Movie, stars: float | Decimal | str) -> Rating:
    """Save a user's rating of a film, made now; an earlier one of the same film is replaced."""
    half_stars = half_stars_of(stars)
    now = timezone.now()
    with transaction.atomic():
        rating, _ = Rating.objects.update_or_create(
            user_id=user_id,
            movie=movie,
            defaults={"half_stars": half_stars, "updated_at": now},
            create_defaults={"half_stars": half_stars, "rated_at": now, "updated_at": now},
        )
        HiddenMovie.objects.filter(user_id=user_id, movie=movie).delete()
        transaction.on_commit(lambda: ratings_changed.send_robust(Rating, user_id=user_id))
    return rating


def unrate(*, user_id: int, movie: Movie) -> bool:
    """Remove a user's rating of a film. True when there was one."""
    with transaction.atomic():
        deleted, _ = Rating.objects.filter(user_id=user_id, movie=movie).delete()
        if deleted:
            transaction.on_commit(lambda: ratings_changed.send_robust(Rating, user_id=user_id))
    return bool(deleted)
