"""A dataset as the site serves it at one moment, without a database: for bench_pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from catalog.datasets.detection import recognise
from catalog.datasets.records import Film
from catalog.datasets.report import Report
from recommender.data.catalog_arrays import LATELY, CatalogArrays, language_number
from recommender.data.histories import History
from recommender.data.movie_features import KIND_BITS, MovieFeatures
from recommender.learning import presets
from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.stars.scorer import FactorizationScorer
from recommender.serving import Recommender
from recommender.serving.filters import Filters
from recommender.serving.live import LiveState, placed_on
from recommender.versions.load import LoadedVersion


@dataclass(frozen=True, eq=False)
class Ratings:
    """All ratings of a dataset in the order of time; items count from 1 and are its films."""

    users: IntArray
    items: IntArray
    stars: FloatArray
    times: IntArray
    films: list[Film]

    def __len__(self) -> int:
        return len(self.users)

    @property
    def num_items(self) -> int:
        return len(self.films) + 1

    @cached_property
    def features(self) -> MovieFeatures:
        """What `recommender.data.movie_features` reads from the database."""
        genres = {name: number for number, name in enumerate(sorted(self._genre_names))}
        pairs = [
            (item, (kind << KIND_BITS) + number)
            for item, film in enumerate(self.films, 1)
            for kind, numbers in enumerate(
                (
                    [genres[name] for name in film.genres],
                    [film.collection[0]] if film.collection else [],
                    [film.year // 10] if film.year else [],
                    [language_number(film.original_language)] if film.original_language else [],
                )
            )
            for number in numbers
        ]
        movie_ids, codes = np.array(pairs, np.int64).reshape(-1, 2).T
        return MovieFeatures(movie_ids, codes)

    @cached_property
    def feature_codes(self) -> IntArray:
        return self.features.known_often()

    @cached_property
    def _genre_names(self) -> set[str]:
        return {name for film in self.films for name in film.genres}

    def interactions(self, stop: int) -> Interactions:
        return Interactions(
            self.users[:stop],
            self.items[:stop],
            ratings=self.stars[:stop],
            timestamps=self.times[:stop],
            num_users=int(self.users.max()) + 1,
            num_items=self.num_items,
            item_features=self.features.matrix(np.arange(self.num_items), self.feature_codes),
        )


def read(path: Path, *, small: bool = True) -> Ratings:
    """Through the site's own readers, with every film of the dataset."""
    reader = recognise(path, small=small)
    blocks = [np.stack(block, axis=1).astype(np.int64) for block in reader.ratings(Report())]
    rows = np.concatenate(blocks)
    films = list(reader.films(set(np.unique(rows[:, 1]).tolist()), Report()))
    keys = [getattr(film, reader.item_key) for film in films]
    item_of = {key: place + 1 for place, key in enumerate(keys) if key is not None}
    rows = rows[np.lexsort((np.arange(len(rows)), rows[:, 3]))]
    return Ratings(
        np.unique(rows[:, 0], return_inverse=True)[1],
        np.array([item_of[key] for key in rows[:, 1].tolist()]),
        (rows[:, 2] / 2).astype(np.float32),
        rows[:, 3],
        films,
    )


@dataclass(frozen=True, eq=False)
class Site:
    """The live state after training on the first ``stop`` ratings."""

    ratings: Ratings
    stop: int
    live: LiveState

    @cached_property
    def counts(self) -> IntArray:
        """How often each item was rated until then."""
        return np.bincount(self.ratings.items[: self.stop], minlength=self.ratings.num_items)

    @cached_property
    def genres(self) -> FloatArray:
        """(num_films, genres): each film's genres, together 1 for a film that has some."""
        places = range(len(self.live.catalog.genre_names))
        has = np.stack([self.live.catalog.has_genre(place) for place in places], axis=1)
        return (has / np.maximum(has.sum(axis=1, keepdims=True), 1)).astype(np.float32)

    def recommender(self, rows: IntArray, now: int | None = None) -> Recommender:
        """Somebody with the history in ``rows`` of the ratings, when ``now`` have been made."""
        history = History(movie_ids=self.ratings.items[rows], stars=self.ratings.stars[rows])
        return Recommender(history, Filters(), self.live if now is None else self._live_at(now))

    def _live_at(self, now: int) -> LiveState:
        """The versions are those of the training; what was rated lately is read every minute."""
        lately = _lately(self.ratings, now)
        state = replace(self.live, catalog=replace(self.live.catalog, log_lately=lately))
        # Nothing of it depends on what was rated lately.
        for name in ("placed_films", "new_film_shares", "mixes"):
            vars(state)[name] = getattr(self.live, name)
        return state


def train(ratings: Ratings, stop: int, *, whole: bool, seed: int = 0) -> Site:
    """Both presets on the first ``stop`` ratings; fewer questions where it is not the ``whole``."""
    data = ratings.interactions(stop)
    stars = presets.explicit(seed, device="cpu").fit(data)
    following = presets.sequence(seed)
    if not whole:
        following = SequenceBlendModel(random_state=seed, questions=500, shortlists=3000)
    following.fit(data)
    movie_ids = np.arange(ratings.num_items)
    catalog = _catalog(ratings, stop)
    arrays, _ = stars.export()
    versions = [
        LoadedVersion(
            kind=kind,
            pk=1,
            trained_at=None,
            watermark=None,
            scorer=scorer,
            movie_ids=movie_ids,
            item_vectors=vectors,
            is_rated=np.bincount(data.item_ids, minlength=ratings.num_items) > 0,
            feature_codes=ratings.feature_codes,
        )
        for kind, scorer, vectors in (
            ("factorization", stars.scorer, arrays["item_embeddings"]),
            ("sequence", SequenceScorer(*following.export()), None),
        )
    ]
    live = LiveState(
        catalog=catalog,
        factorization=placed_on(versions[0], catalog),
        sequence=placed_on(versions[1], catalog),
    )
    return Site(ratings, stop, live)


def _catalog(ratings: Ratings, stop: int) -> CatalogArrays:
    films, size = ratings.films, ratings.num_items
    counts = np.bincount(ratings.items[:stop], minlength=size)[1:]
    sums = np.bincount(ratings.items[:stop], ratings.stars[:stop], size)[1:]
    lately = ratings.times[:stop] > ratings.times[stop - 1] - 30 * 86_400
    month = np.bincount(ratings.items[:stop][lately], minlength=size)[1:]
    names = tuple(sorted({name for film in films for name in film.genres}))
    place = {name: number for number, name in enumerate(names)}
    bits = np.zeros((len(films), 1 + len(names) // 64), np.uint64)
    for row, film in enumerate(films):
        for name in film.genres:
            bits[row, place[name] // 64] |= np.uint64(1) << np.uint64(place[name] % 64)
    overall = sums.sum() / max(1, counts.sum())
    return CatalogArrays(
        movie_ids=np.arange(1, size),
        year=np.array([film.year or 0 for film in films], np.int16),
        runtime=np.array([film.runtime or 0 for film in films], np.int16),
        language=np.array([language_number(one.original_language) for one in films], np.uint16),
        adult=np.array([bool(film.adult) for film in films]),
        rating_count=counts.astype(np.int32),
        rating_mean=((sums + 5 * overall) / (counts + 5)).astype(np.float32),
        month_count=month.astype(np.int32),
        log_lately=_lately(ratings, stop),
        log_popularity=np.log1p(counts).astype(np.float32),
        vote_count=np.array(
            [-1 if film.vote_count is None else film.vote_count for film in films], np.int32
        ),
        collection=np.array([film.collection[0] if film.collection else 0 for film in films]),
        is_new=np.zeros(len(films), np.bool_),
        features=ratings.features,
        genre_bits=bits,
        genre_places={number: number for number in range(len(names))},
        genre_names=names,
    )


def _lately(ratings: Ratings, now: int) -> FloatArray:
    newest = ratings.items[max(0, now - LATELY) : now]
    return np.log1p(np.bincount(newest, minlength=ratings.num_items)[1:]).astype(np.float32)


def presets_stars(ratings: Ratings, stop: int, seed: int = 0) -> FactorizationScorer:
    """What serves the stars preset, trained on the first ``stop`` ratings."""
    return presets.explicit(seed, device="cpu").fit(ratings.interactions(stop)).scorer


@dataclass(frozen=True, eq=False)
class HeldOutStars:
    """Stars that were held out (n,), what was predicted, and the deviation of the rating."""

    users: IntArray
    stars: FloatArray
    predicted: FloatArray
    deviation: FloatArray


def presets_stars_held_out(ratings: Ratings, share: float = 0.1) -> HeldOutStars:
    """A random tenth of each member's ratings, predicted from the others."""
    held = np.random.default_rng(0).random(len(ratings)) < share
    whole = ratings.interactions(len(ratings))
    model = presets.explicit(0, device="cpu").fit(whole.take(np.flatnonzero(~held)))
    parts = []
    for user in np.unique(ratings.users[held]):
        rows = np.flatnonzero((ratings.users == user) & ~held)
        asked = np.flatnonzero((ratings.users == user) & held)
        if not len(rows):
            continue
        folded = model.scorer.fold_in(ratings.items[rows], ratings.stars[rows])
        items = ratings.items[asked]
        parts.append(
            (
                ratings.users[asked],
                ratings.stars[asked],
                model.scorer.predict(folded, items),
                model.scorer.deviation(folded, items),
            )
        )
    return HeldOutStars(*(np.concatenate(column) for column in zip(*parts, strict=True)))
