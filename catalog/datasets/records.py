"""Records that every dataset reader yields: films and ratings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .report import Report

if TYPE_CHECKING:  # the first dataset is found before there are settings, and models need those
    from catalog.services.credits import KeptCredit
    from catalog.tmdb.records import KeywordRecord


class DatasetError(Exception):
    """A dataset cannot be read; the message is one sentence for the person who asked for it."""


class Knowledge(IntEnum):
    """How much a source knows of a film: the better one's words replace the other's."""

    PLACEHOLDER = 0  # ids only
    TITLE = 1  # title, year and genres, from MovieLens
    METADATA = 2  # a row of The Movies Dataset


@dataclass(slots=True, kw_only=True)
class Film:
    """One film of a dataset. None and empty mean: not known here.

    ``companies`` are (TMDB id, name), ``countries`` and ``languages`` (ISO code, name), and
    ``collection`` is (TMDB id, name, poster path, backdrop path).
    """

    knowledge: Knowledge
    title: str
    original_title: str = ""
    year: int | None = None
    genres: tuple[str, ...] = ()
    movielens_id: int | None = None
    ml_100k_id: int | None = None
    # The id of its row in the metadata, which credits and keywords go by: links may name another.
    metadata_id: int | None = None
    imdb_id: str | None = None
    tmdb_id: int | None = None
    release_date: date | None = None
    runtime: int | None = None
    overview: str = ""
    tagline: str = ""
    original_language: str = ""
    status: str = ""
    homepage: str = ""
    poster_path: str = ""
    adult: bool | None = None
    video: bool | None = None
    budget: int | None = None
    revenue: int | None = None
    popularity: float | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    collection: tuple[int, str, str, str] | None = None
    companies: tuple[tuple[int, str], ...] = ()
    countries: tuple[tuple[str, str], ...] = ()
    languages: tuple[tuple[str, str], ...] = ()


class RatingRow(NamedTuple):
    """``item`` is an id in the reader's numbering, ``rated_at`` in seconds since 1970."""

    user: int
    item: int
    half_stars: int
    rated_at: int


class RatingBlock(NamedTuple):
    """Ratings as columns: int32 (n,), int32, int8 and int64; each as in a RatingRow."""

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    half_stars: NDArray[np.int8]
    rated_at: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[RatingRow]) -> RatingBlock:
        users, items, half_stars, rated_at = zip(*rows, strict=True)
        return cls(
            np.array(users, np.int32),
            np.array(items, np.int32),
            np.array(half_stars, np.int8),
            np.array(rated_at, np.int64),
        )

    def rows(self) -> Iterator[RatingRow]:
        columns = (column.tolist() for column in self)
        return (RatingRow(*row) for row in zip(*columns, strict=True))


class Reader(Protocol):
    """A dataset whose layout was recognised."""

    @property
    def slug(self) -> str:
        """Short name: it begins the user names of this dataset's raters."""

    @property
    def item_key(self) -> str:
        """The field of Film that a RatingRow's ``item`` refers to."""

    def ratings(self, report: Report) -> Iterator[RatingBlock]:
        """All sound ratings in file order, some at a time; the others are reported."""

    def films(self, rated: set[int], report: Report) -> Iterator[Film]:
        """All films, those in ``rated`` without exception, each once."""


@runtime_checkable
class PeopleReader(Reader, Protocol):
    """A dataset that may know who made its films and what they are about, by ``metadata_id``.

    None where it has no such file.
    """

    def credits(self, report: Report) -> Iterator[tuple[int, KeptCredit]] | None:
        """Lines of credits, those of one film together."""

    def keywords(self, report: Report) -> Iterator[tuple[int, KeywordRecord]] | None:
        """Keywords, those of one film together."""
