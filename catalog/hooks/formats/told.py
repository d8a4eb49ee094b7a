"""What a delivery says, whatever the server; and the protocol of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

# A play counts from here on, in parts of the film's length.
WATCHED_PART = 0.8


class Ignored(StrEnum):
    """Why nothing comes of a delivery; ``catalog.hooks.words`` says it in words."""

    NOT_A_FILM = "not-a-film"
    NOT_FINISHED = "not-finished"
    OTHER_EVENT = "other-event"
    UNMARKED = "unmarked"
    NO_STARS = "no-stars"
    OTHER_USER = "other-user"
    NOBODY = "nobody"
    FULL = "full"


class PayloadError(ValueError):
    """A delivery that cannot be read; the message says what is wrong, in plain English."""


@dataclass(frozen=True)
class Film:
    """What is known of the film; ``item`` is the server's own name for it."""

    title: str = ""
    year: int | None = None
    imdb_id: str | None = None
    tmdb_id: int | None = None
    item: str = ""


@dataclass(frozen=True)
class Told:
    """A play, or a rating where there are ``half_stars``.

    ``watched_on`` is None where the day is not known; ``happened_at`` orders ratings.
    """

    film: Film
    half_stars: int | None = None
    watched_on: date | None = None
    happened_at: datetime | None = None
    rewatch: bool = False


@dataclass(frozen=True)
class Delivery:
    """One request: whose it is, and what it tells, or why that is nothing."""

    server: str
    account: str = ""
    server_id: str = ""
    title: str = ""
    told: list[Told] = field(default_factory=list)
    ignored: Ignored | None = None


Payload = Mapping[str, object]


class Format(Protocol):
    """A module of this package."""

    SERVER: str

    def is_mine(self, payload: Payload) -> bool:
        """Whether this form can read it, by what only this form has."""
        ...

    def read(self, payload: Payload) -> Delivery:
        """Raises PayloadError where something needed is missing."""
        ...
