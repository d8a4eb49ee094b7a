"""Catalogs and models of any size, made of random numbers: for speed, not for quality."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog_arrays import CatalogArrays
from recommender.data.movie_features import MovieFeatures, content_marks
from recommender.learning.presets.next_item.neighbour_rows import DECAYS
from recommender.learning.presets.next_item.reranker import OWN, READ
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.stars.scorer import FactorizationScorer
from recommender.serving.live import LiveState, placed_on
from recommender.versions.load import LoadedVersion

FACTORS = 64
NEIGHBOURS = 200  # per film, as many as the sequence model keeps of a well known one
GENRES = 20
FEATURES = 1000
HISTORY_FILMS = 10_000


def catalog(films: int, seed: int = 1) -> CatalogArrays:
    random = np.random.default_rng(seed)
    counts = (10_000 / (1 + np.arange(films)) ** 0.8).astype(np.int32)
    random.shuffle(counts)
    return CatalogArrays(
        movie_ids=np.arange(1, films + 1),
        year=random.integers(1920, 2025, films).astype(np.int16),
        runtime=random.integers(60, 200, films).astype(np.int16),
        language=random.integers(1, 60, films).astype(np.uint16),
        adult=random.random(films) < 0.01,
        rating_count=counts,
        rating_mean=random.uniform(2, 4.5, films).astype(np.float32),
        month_count=random.poisson(counts / 100).astype(np.int32),
        log_lately=np.log1p(random.poisson(counts / 100)).astype(np.float32),
        log_popularity=np.log1p(counts).astype(np.float32),
        vote_count=random.poisson(20 * counts).astype(np.int32),
        collection=np.where(random.random(films) < 0.1, random.integers(1, 1500, films), 0),
        is_new=random.random(films) < 0.01,
        features=features(films),
        genre_bits=random.integers(0, 2**GENRES, (films, 1), np.uint64),
        genre_places={place + 1: place for place in range(GENRES)},
        genre_names=tuple(f"Genre {place}" for place in range(GENRES)),
    )


def rating_counts(films: int) -> NDArray[np.int64]:
    """(films + 1,): four of five films have no ratings, as where a whole catalog is loaded."""
    rated = np.random.default_rng(4).random(films + 1) < 0.2
    rated[:HISTORY_FILMS] = True
    rated[0] = False
    return rated.astype(np.int64)


def features(films: int) -> MovieFeatures:
    """Four features of each film."""
    codes = np.random.default_rng(5).integers(0, FEATURES, 4 * films)
    pairs = np.unique(np.stack([np.repeat(np.arange(1, films + 1), 4), codes]), axis=1)
    return MovieFeatures(*pairs)


def factorization(films: int, factors: int = FACTORS) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and settings as the explicit preset exports them. Zeros cost no memory until read."""
    random = np.random.default_rng(2)
    width, items = factors + 1, films + 1
    rows = random.normal(0, 0.1, (items, width)).astype(np.float32)
    embeddings = random.normal(0, 1, (items, 32)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    arrays = {
        "item_rows": rows,
        "item_covariances": np.zeros((items, width * (width + 1) // 2), np.float32),
        "item_precisions": np.ones(items, np.float32),
        "item_traits": random.normal(0, 0.01, (items, width)).astype(np.float32),
        "item_company": random.normal(0, 0.01, (items, width)).astype(np.float32),
        "item_embeddings": embeddings,
        "item_movie_ids": np.arange(items),
        "item_counts": rating_counts(films),
        "feature_codes": np.arange(FEATURES),
        "content_rows": random.normal(0, 0.1, (1 + FEATURES, width)).astype(np.float32),
        "content_embeddings": random.normal(0, 0.1, (1 + FEATURES, 32)).astype(np.float32),
        "content_covariance": np.zeros(width * (width + 1) // 2, np.float32),
        "user_prior_rows": np.zeros((3, width)),
        "user_prior_precision": np.eye(width) * 4,
    }
    settings = {
        "mean": 3.5,
        "noise_precision": 1.4,
        "noise_strength": 20.0,
        "count_range": [10.0, 2000.0],
        "trait_shrinkage": 2.0,
        "company_power": 0.3,
    }
    return arrays, settings


def sequence(films: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and settings as the sequence preset exports them.

    Only the first films have neighbours written down: histories are drawn from them.
    """
    random = np.random.default_rng(3)
    items, filled = films + 1, min(films, HISTORY_FILMS) + 1
    starts = np.arange(items + 1, dtype=np.int64) * NEIGHBOURS
    ids = np.zeros(items * NEIGHBOURS, np.int32)
    values = np.zeros((len(ids), 2 * len(DECAYS)), np.float16)
    first = slice(0, filled * NEIGHBOURS)
    drawn = random.integers(1, items, (filled, NEIGHBOURS)).astype(np.int32)
    ids[first] = np.sort(drawn, axis=1).ravel()
    values[first] = random.random(values[first].shape, np.float32)
    arrays = {
        "neighbour_offsets": starts,
        "neighbour_ids": ids,
        "neighbour_values": values,
        "item_floor": np.full(items, 0.1, np.float32),
        "item_traits": random.normal(0, 1, (items, 4)).astype(np.float32),
        "item_eras": random.normal(0, 1, (items, 12)).astype(np.float32),
        "era_edges": np.linspace(-2, 2, 11).astype(np.float32),
        "trait_weights": random.normal(0, 0.1, 9).astype(np.float32),
        "item_movie_ids": np.arange(items),
        "item_counts": rating_counts(films),
        "feature_codes": np.arange(FEATURES),
        "content_popularity": random.normal(-9, 1, 1 + FEATURES).astype(np.float32),
        **reranker(random),
    }
    return arrays, {"sharpness": 1.0, "repeats": False}


def reranker(random: np.random.Generator, width: int = 32, hidden: int = 64) -> dict[str, Any]:
    """As wide as the sequence preset learns it."""
    shapes = {
        "reranker_pulls": (2 * len(DECAYS), width),
        "reranker_places": (READ, width),
        "reranker_recency": (READ, width),
        "reranker_hidden": (OWN + width, hidden),
        "reranker_hidden_bias": (hidden,),
        "reranker_output": (hidden,),
    }
    return {name: random.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}


def live_state(films: int) -> LiveState:
    """What a process of a site with that many films serves from, in memory."""
    arrays = catalog(films)

    def placed(kind: str, scorer: Any, made: tuple[dict[str, Any], dict[str, Any]]) -> Any:
        version = LoadedVersion(
            kind=kind,
            pk=1,
            trained_at=None,
            watermark=None,
            scorer=scorer(*made),
            movie_ids=made[0]["item_movie_ids"],
            item_vectors=made[0].get("item_embeddings"),
            is_rated=made[0]["item_counts"] > 0,
            feature_codes=made[0]["feature_codes"],
            content_marks=content_marks(
                arrays.features.matrix(made[0]["item_movie_ids"], made[0]["feature_codes"]),
                made[0]["feature_codes"],
            ),
        )
        return placed_on(version, arrays)

    return LiveState(
        catalog=arrays,
        factorization=placed("factorization", FactorizationScorer, factorization(films)),
        sequence=placed("sequence", SequenceScorer, sequence(films)),
    )
