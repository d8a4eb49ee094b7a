"""The interface through which the catalog's pages ask for predicted stars.

Whoever can predict registers with ``predict_with`` when the site starts: the catalog depends on
what is described here, and on nobody who keeps to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Case, F, Func, IntegerField, TextChoices, Value, When
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from .models.movie import Movie, MovieQuerySet


class Lacking(TextChoices):
    """Why there are no predictions, and what a page says about it."""

    ACCOUNT = "account", _("Sign in to see how many stars you would give.")
    RATINGS = "ratings", _("Rate a film or two first: predictions are based on your ratings.")
    MODEL = "model", _("Predicted stars will appear once the first model has been trained.")


@dataclass(frozen=True)
class Guess:
    """Predicted stars, 0.5 to 5; ``is_uncertain`` when they should be shown as a first guess."""

    stars: float
    is_uncertain: bool


class Predictions(Protocol):
    """What one member would give to films, which are named by primary key."""

    def guesses(self, movie_ids: Sequence[int]) -> dict[int, Guess]:
        """Those of the films about which something can be said."""
        ...

    def best_first(self, movie_ids: Sequence[int]) -> list[int]:
        """All the films by predicted stars; those without come last, and the order is total."""
        ...

    def at_least(self, stars: float) -> bytes:
        """All films of the catalog whose predicted stars, to one decimal, are no fewer.

        Bit ``key % 8``, from the lowest, of byte ``key // 8`` is set for each of them.
        """
        ...


Predictor = Callable[[int], Predictions | Lacking]


def _nobody(_user_id: int) -> Lacking:
    return Lacking.MODEL


_predictor: Predictor = _nobody


def predict_with(predictor: Predictor) -> None:
    """Ask ``predictor`` from now on; it gets a member's primary key."""
    global _predictor
    _predictor = predictor


def predictions_for(user: AbstractBaseUser | AnonymousUser) -> Predictions | Lacking:
    """The user's predictions as of now, or what is missing for them."""
    return Lacking.ACCOUNT if user.pk is None else _predictor(user.pk)


def guesses_for(
    movies: Iterable[Movie], user: AbstractBaseUser | AnonymousUser
) -> list[tuple[Movie, Guess | None]]:
    """:func:`with_guesses` as of now; nothing is asked where there are no films."""
    listed = list(movies)
    return with_guesses(listed, predictions_for(user) if listed else None)


def with_guesses(
    movies: Iterable[Movie], predictions: Predictions | Lacking | None
) -> list[tuple[Movie, Guess | None]]:
    """The films, each with what the user would give to it; None for those rated already.

    The films carry the user's marks (:func:`catalog.queries.marks.with_marks`).
    """
    listed = list(movies)
    if predictions is None or isinstance(predictions, Lacking):
        return [(movie, None) for movie in listed]
    unrated = [movie.pk for movie in listed if getattr(movie, "your_half_stars", None) is None]
    guesses = predictions.guesses(unrated)
    return [(movie, guesses.get(movie.pk)) for movie in listed]


def keys_of(movies: MovieQuerySet) -> list[int]:
    """The primary keys of films, in no order: one row, since rows are what takes time."""
    return movies.order_by().aggregate(keys=ArrayAgg("pk", default=[]))["keys"]


def only(movies: MovieQuerySet, bits: bytes) -> MovieQuerySet:
    """Those of the films whose bit is set, as ``Predictions.at_least`` sets it.

    Thousands of keys as an array would make the database look up each of them in turn, whatever
    else narrows the films; a bit is tested on the films that are left.
    """
    bit = Func(Value(bits), F("pk"), function="get_bit", output_field=IntegerField())
    # Films made since have keys beyond the last bit, for which it would be an error to ask. The
    # planner takes a condition of this form to hold for half of the films, one like "= 1" for
    # half a percent, after which it plans for a handful where there are thousands.
    is_wanted = Case(
        When(pk__lt=8 * len(bits), then=Exact(bit, 1)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return movies.filter(is_wanted)
