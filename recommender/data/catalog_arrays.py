"""The catalog as arrays in this process: filters become masks, and no query grows with it.

Rows are in the order of the movies' primary keys. What a page shows of a film is still read from
the database when it is shown; these arrays only decide which films those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from catalog.models import Genre
from catalog.models.movie import FEWEST_PEOPLE
from recommender.data.movie_features import MovieFeatures, read_movie_features
from recommender.data.offers import Offers, read_offers
from recommender.data.postgres_copy import copy_columns
from recommender.data.themes import Themes
from recommender.learning.arrays import BoolArray, IntArray, positions

LITTLE_SEEN_QUANTILE = 0.8
LITTLE_SEEN_RATINGS = FEWEST_PEOPLE
MIDDLE_HALF_STARS = 7.0  # where no mean is known
KNOWN_QUANTILE = 0.5  # of the votes of films rated here: with more, the world knows a film

RELEASED_LATELY = 365  # days
ADDED_LATELY = 60
FIRST_DAYS = 2  # after its first film a site is still being filled

_MOVIES = """
    SELECT id::int8, coalesce(year, 0)::int4, coalesce(runtime, 0)::int4,
           coalesce(nullif(ascii(original_language), 0) * 256
                    + ascii(substr(original_language, 2)), 0)::int4,
           coalesce(adult, false)::int4, rating_count::int8, half_star_sum::int8,
           coalesce(popularity, 0)::float8, coalesce(vote_count, -1)::int8,
           coalesce(collection_id, 0)::int8,
           floor(extract(epoch FROM created_at) / 86400)::int8,
           coalesce(release_date - date '1970-01-01', 0)::int8, hidden::int4
    FROM catalog_movie ORDER BY id
"""
_GENRES = "SELECT movie_id::int8, genre_id::int8 FROM catalog_movie_genres"
# The index is on updated_at; an import writes old ratings today, hence both conditions.
_MONTH = """
    SELECT movie_id::int8, count(*)::int8 FROM catalog_rating
    WHERE updated_at >= now() - interval '30 days' AND rated_at >= now() - interval '30 days'
    GROUP BY movie_id
"""


# The index is on updated_at. An import writes ratings of many years at once: of those written last
# the ones made last count.
WRITTEN_LATELY, LATELY = 50_000, 8_000
_LATELY = f"""
    SELECT movie_id::int8, floor(extract(epoch FROM rated_at))::int8 FROM catalog_rating
    ORDER BY updated_at DESC LIMIT {WRITTEN_LATELY}
"""  # noqa: S608


def language_number(code: str) -> int:
    """A two-letter code as the number it has in ``CatalogArrays.language``; 0 for none."""
    return ord(code[0]) * 256 + ord(code[1]) if len(code) == 2 else 0


def language_code(number: int) -> str:
    """The reverse of `language_number`."""
    return chr(number // 256) + chr(number % 256) if number else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class CatalogArrays:
    """One row per movie.

    Attributes
    ----------
    movie_ids
        int64 (n,), ascending.
    year, runtime, language
        int16, int16 and uint16 (n,); 0 where unknown. Runtime in minutes; see `language_number`.
    adult
        bool (n,); unknown counts as not.
    hidden
        bool (n,): hidden from the site; None where none is.
    rating_count, rating_mean
        int32 (n,), 0 where fewer than `FEWEST_PEOPLE` rated; float32 (n,) in stars, drawn towards
        the mean of all films where few rated.
    log_lately
        float32 (n,): log of one plus the ratings that a film has among the newest of the site.
    month_count
        int32 (n,): ratings made on this site in the last 30 days.
    log_popularity
        float32 (n,): log of one plus the number of ratings, TMDB's popularity breaking ties.
    vote_count
        int32 (n,): votes that the world has given, as far as a dataset says so; -1 where unknown.
    collection
        int64 (n,): primary key of the collection, 0 for none.
    genre_bits
        uint64 (n, words): bit g of a row is set when the film has the genre ``genre_places`` puts
        at g.
    is_new
        bool (n,): released in the last year, or come to this site in the last two months when it
        had films already.
    features
        By which content is told: see `MovieFeatures`.
    offers
        Where films are included: see `Offers`.
    genre_places, genre_names
        Place of a genre by primary key; name by place.
    """

    movie_ids: IntArray
    year: NDArray[np.int16]
    runtime: NDArray[np.int16]
    language: NDArray[np.uint16]
    adult: NDArray[np.bool_]
    rating_count: NDArray[np.int32]
    rating_mean: NDArray[np.float32]
    month_count: NDArray[np.int32]
    log_lately: NDArray[np.float32]
    log_popularity: NDArray[np.float32]
    vote_count: NDArray[np.int32]
    collection: NDArray[np.int64]
    genre_bits: NDArray[np.uint64]
    is_new: NDArray[np.bool_]
    features: MovieFeatures = field(default_factory=MovieFeatures)
    offers: Offers = field(default_factory=Offers)
    genre_places: dict[int, int] = field(default_factory=dict)
    genre_names: tuple[str, ...] = ()
    hidden: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.movie_ids)

    @cached_property
    def is_little_seen(self) -> NDArray[np.bool_]:
        """bool (n,): rated by some people here, but well known neither here nor in the world."""
        rated = self.rating_count[self.rating_count > 0]
        if not len(rated):
            return np.zeros(len(self), np.bool_)
        most = max(float(np.quantile(rated, LITTLE_SEEN_QUANTILE)), LITTLE_SEEN_RATINGS)
        few: NDArray[np.bool_] = self.rating_count >= LITTLE_SEEN_RATINGS
        return few & (self.rating_count <= most) & ~self._is_known_to_the_world

    @property
    def _is_known_to_the_world(self) -> NDArray[np.bool_]:
        """bool (n,): among the films with most votes, where votes are known."""
        votes = self.vote_count[(self.vote_count >= 0) & (self.rating_count > 0)]
        if not len(votes):
            return np.zeros(len(self), np.bool_)
        known: NDArray[np.bool_] = self.vote_count > np.quantile(votes, KNOWN_QUANTILE)
        return known

    @cached_property
    def knows_lengths(self) -> bool:
        """Whether the runtime of any film is known."""
        return bool(self.runtime.any())

    @cached_property
    def genre_vectors(self) -> NDArray[np.float32]:
        """float32 (n, genres) of length 1, or 0 without genres: rare genres say more."""
        places = np.arange(len(self.genre_names))
        bits = self.genre_bits[:, places // 64] >> (places % 64).astype(np.uint64)
        has = (bits & np.uint64(1)).astype(np.float32)
        weighted = has * np.log((len(self) + 1) / (has.sum(axis=0) + 1))
        lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
        return (weighted / np.where(lengths > 0, lengths, 1)).astype(np.float32)

    @cached_property
    def themes(self) -> Themes:
        """What films are about, and who directed them."""
        return Themes.of(self.features, self.movie_ids)

    def prepare(self) -> None:
        """Work out what requests would otherwise wait for."""
        for name in ("genre_vectors", "themes"):
            getattr(self, name)

    def rows_of(self, movie_ids: IntArray) -> IntArray:
        """The row of each movie, -1 for those that are not here."""
        return positions(self.movie_ids, movie_ids)

    def mask_of(self, movie_ids: Sequence[int] | IntArray) -> BoolArray:
        """bool (n,): is one of these movies; those that are not here are passed over."""
        rows = self.rows_of(np.asarray(movie_ids, np.int64))
        mask = np.zeros(len(self), np.bool_)
        mask[rows[rows >= 0]] = True
        return mask

    def with_genres(self, genre_ids: tuple[int, ...]) -> NDArray[np.bool_]:
        """bool (n,): has at least one of the genres."""
        wanted = np.zeros(self.genre_bits.shape[1], np.uint64)
        for genre_id in genre_ids:
            if (place := self.genre_places.get(genre_id)) is not None:
                wanted[place // 64] |= np.uint64(1) << np.uint64(place % 64)
        found: NDArray[np.bool_] = ((self.genre_bits & wanted) != 0).any(axis=1)
        return found

    def has_genre(self, place: int) -> NDArray[np.bool_]:
        """bool (n,): has the genre at ``place``."""
        return (self.genre_bits[:, place // 64] >> np.uint64(place % 64)) & np.uint64(1) == 1


def read_catalog() -> CatalogArrays:
    """Read all movies: some sixty bytes of each pass the wire, and no Python object is made."""
    movies = copy_columns(
        _MOVIES,
        {
            "id": np.int64,
            "year": np.int32,
            "runtime": np.int32,
            "language": np.int32,
            "adult": np.int32,
            "rating_count": np.int64,
            "half_stars": np.int64,
            "popularity": np.float64,
            "vote_count": np.int64,
            "collection": np.int64,
            "added_on": np.int64,
            "released_on": np.int64,
            "hidden": np.int32,
        },
    )
    movie_ids: IntArray = movies["id"]
    count = movies["rating_count"].astype(np.int32)
    # Everything that pages show or order is made of these: of fewer people nothing is known.
    count = np.where(count >= FEWEST_PEOPLE, count, 0).astype(np.int32)
    genre_bits, places, names = _read_genres(movie_ids)
    popularity = np.log1p(count) + 0.01 * np.log1p(np.maximum(movies["popularity"], 0))
    return CatalogArrays(
        movie_ids=movie_ids,
        year=movies["year"].astype(np.int16),
        runtime=np.minimum(movies["runtime"], 32767).astype(np.int16),
        language=movies["language"].astype(np.uint16),
        adult=movies["adult"] != 0,
        rating_count=count,
        rating_mean=_steady_mean(count, movies["half_stars"].astype(np.float64)),
        month_count=_read_month(movie_ids),
        log_lately=np.where(count > 0, _read_lately(movie_ids), np.float32(0)),
        log_popularity=popularity.astype(np.float32),
        vote_count=movies["vote_count"].astype(np.int32),
        collection=movies["collection"],
        is_new=_is_new(movies["added_on"], movies["released_on"], _today()),
        features=read_movie_features(for_fit=False),
        offers=read_offers(movie_ids),
        genre_bits=genre_bits,
        genre_places=places,
        genre_names=names,
        hidden=movies["hidden"] != 0 if movies["hidden"].any() else None,
    )


def _today() -> int:
    return (timezone.localdate() - date(1970, 1, 1)).days


def _is_new(added_on: IntArray, released_on: IntArray, today: int) -> NDArray[np.bool_]:
    """All in days since 1970; a release is 0 where it is not known."""
    if not len(added_on):
        return np.zeros(0, np.bool_)
    lately = (released_on > today - RELEASED_LATELY) & (released_on <= today)
    joined = (added_on > today - ADDED_LATELY) & (added_on > added_on.min() + FIRST_DAYS)
    new: NDArray[np.bool_] = lately | joined
    return new


def _steady_mean(
    count: NDArray[np.int32], half_stars: NDArray[np.float64], weight: float = 5.0
) -> NDArray[np.float32]:
    """Mean stars as if each film had ``weight`` more ratings of the overall mean.

    A film that too few have rated counts as one that nobody has: its mean would tell their stars.
    """
    half_stars = np.where(count > 0, half_stars, 0.0)
    overall = half_stars.sum() / int(count.sum()) if count.any() else MIDDLE_HALF_STARS
    return ((half_stars + weight * overall) / (count + weight) / 2).astype(np.float32)


def _read_genres(
    movie_ids: IntArray,
) -> tuple[NDArray[np.uint64], dict[int, int], tuple[str, ...]]:
    genres = list(Genre.objects.order_by("pk").values_list("pk", "name"))
    genre_ids = np.array([pk for pk, _ in genres], np.int64)
    pairs = copy_columns(_GENRES, {"movie": np.int64, "genre": np.int64})
    rows, places = positions(movie_ids, pairs["movie"]), positions(genre_ids, pairs["genre"])
    known = (rows >= 0) & (places >= 0)
    rows, places = rows[known], places[known]
    bits = np.zeros((len(movie_ids), max(1, -(-len(genres) // 64))), np.uint64)
    np.bitwise_or.at(
        bits, (rows, places // 64), np.left_shift(np.uint64(1), (places % 64).astype(np.uint64))
    )
    return bits, {pk: place for place, (pk, _) in enumerate(genres)}, tuple(n for _, n in genres)


def _read_month(movie_ids: IntArray) -> NDArray[np.int32]:
    counts = copy_columns(_MONTH, {"movie": np.int64, "ratings": np.int64})
    month = np.zeros(len(movie_ids), np.int32)
    rows = positions(movie_ids, counts["movie"])
    month[rows[rows >= 0]] = counts["ratings"][rows >= 0]
    return month


def _read_lately(movie_ids: IntArray) -> NDArray[np.float32]:
    newest = copy_columns(_LATELY, {"movie": np.int64, "rated_at": np.int64})
    order = np.argsort(-newest["rated_at"], kind="stable")[:LATELY]
    rows = positions(movie_ids, newest["movie"][order])
    return np.log1p(np.bincount(rows[rows >= 0], minlength=len(movie_ids))).astype(np.float32)
