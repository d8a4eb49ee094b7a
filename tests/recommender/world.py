"""Films of two tastes, and models that know it: even films are liked by those who like even ones.

The arrays are made by hand instead of fitted, so that a test takes milliseconds and knows what
the models must say; the scorers that read them are the real ones.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from catalog.models import Genre, Link, Movie, Sharing
from catalog.services.ratings import rate
from recommender.data.movie_features import content_marks, read_movie_features
from recommender.learning.arrays import IntArray
from recommender.models import ModelVersion
from recommender.versions.artifacts import store
from recommender.versions.publish import publish as make_live

FILMS = 60
RATINGS_OF_EACH = 20  # which a film has, as if others had given them before


@dataclass
class World:
    """``even`` and ``odd`` are the primary keys of the films of either taste."""

    movies: list[Movie]
    genres: list[Genre]

    @property
    def even(self) -> list[int]:
        return [movie.pk for movie in self.movies[0::2]]

    @property
    def odd(self) -> list[int]:
        return [movie.pk for movie in self.movies[1::2]]

    def member(self, name: str = "ada", **choices: bool) -> AbstractUser:
        """Who shares what the defaults say, unless there are ``choices``."""
        user: AbstractUser = get_user_model().objects.create_user(name, f"{name}@example.org")
        if choices:
            Sharing.objects.create(user=user, **choices)
        return user

    def fan_of_even(self, ratings: int = 6, name: str = "ada") -> AbstractUser:
        """A member who loves even films and dislikes odd ones."""
        user = self.member(name)
        for place in range(ratings):
            movie = self.movies[place]
            rate(user_id=user.pk, movie=movie, half_stars=2 if place % 2 else 10)
        return user

    def publish(self, *kinds: str) -> list[ModelVersion]:
        """A new live version of each kind; of both without an argument."""
        movie_ids = [movie.pk for movie in self.movies]
        return [publish(kind, movie_ids) for kind in kinds or ("factorization", "sequence")]


def build_world() -> World:
    names = ("Drama", "Comedy", "Horror")
    genres = [Genre.objects.create(name=name, slug=name.lower()) for name in names]
    movies = Movie.objects.bulk_create(
        Movie(
            title=f"Film {place:02}",
            search_title=Movie.folded_titles(f"Film {place:02}", ""),
            year=1950 + place,
            runtime=80 + place,
            original_language="en" if place % 3 else "fr",
            popularity=FILMS - place,
            rating_count=RATINGS_OF_EACH,
            half_star_sum=7 * RATINGS_OF_EACH,
        )
        for place in range(FILMS)
    )
    of_genre = Movie.genres.through
    of_genre.objects.bulk_create(
        of_genre(movie_id=movie.pk, genre_id=genres[place % 2].pk)
        for place, movie in enumerate(movies)
    )
    Link.objects.bulk_create(
        Link(movie=movie, movielens_id=place + 1) for place, movie in enumerate(movies)
    )
    return World(movies, genres)


def publish(kind: str, movie_ids: list[int], **changes: Any) -> ModelVersion:
    """Write an artifact for the films and make it live. ``changes`` replace arrays of it."""
    arrays, settings = ARRAYS[kind](len(movie_ids))
    arrays |= {"item_movie_ids": np.array([0, *movie_ids], np.int64), **changes}
    version = ModelVersion.objects.create(kind=kind, trained_at=timezone.now())
    version.artifact = f"{kind}/{version.pk}"
    version.save()
    store(version.artifact, arrays, {"settings": settings, "kind": kind})
    make_live(version, "test")
    version.refresh_from_db()
    return version


def publish_with_content(world: World, counts: IntArray | None = None) -> None:
    """Versions that know what the genres say: dramas are of one taste, comedies of the other."""
    movie_ids = [movie.pk for movie in world.movies]
    features = read_movie_features(for_fit=True)
    codes = np.array(sorted(features.codes[np.isin(features.movie_ids, movie_ids[:2])]))
    drama, comedy = (
        (codes == features.codes[features.movie_ids == pk].min()) for pk in movie_ids[:2]
    )
    taste = drama.astype(np.float32) - comedy.astype(np.float32)
    counts = np.array([0, *[20] * len(movie_ids)]) if counts is None else counts
    known: dict[str, Any] = {
        "feature_codes": codes,
        "item_counts": counts,
        "item_content_marks": content_marks(
            features.matrix(np.array([0, *movie_ids]), codes), codes
        ),
    }
    publish(
        "factorization",
        movie_ids,
        content_rows=np.vstack([[0, 0], np.column_stack([0 * taste, taste])]).astype(np.float32),
        content_embeddings=np.vstack([[0, 0.1], np.column_stack([taste, 0 * taste])]).astype(
            np.float32
        ),
        content_covariance=np.array([0.04, 0.0, 0.04], np.float32),
        **known,
    )
    popularity = np.concatenate([[-6.0], 2.0 * drama]).astype(np.float32)
    publish("sequence", movie_ids, content_popularity=popularity, **known)


def factorization_arrays(films: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two coordinates: a bias, and the taste, which is +1 for even films and -1 for odd ones."""
    parity = np.where(np.arange(films) % 2 == 0, 1.0, -1.0)
    quality = -0.2 * np.arange(films) / films  # earlier films are a little better
    rows = np.zeros((films + 1, 2), np.float32)
    rows[1:] = np.column_stack([quality, parity])
    covariances = np.zeros((films + 1, 3), np.float32)
    covariances[:, [0, 2]] = 0.01
    embeddings = np.zeros((films + 1, 2), np.float32)
    angle = 0.3 * np.arange(films) / films
    embeddings[1:, 0] = parity * np.cos(angle)
    embeddings[1:, 1] = np.sin(angle)
    arrays = {
        "item_rows": rows,
        "item_covariances": covariances,
        "item_precisions": np.ones(films + 1, np.float32),
        "item_traits": np.zeros((films + 1, 2), np.float32),
        "item_company": np.zeros((films + 1, 2), np.float32),
        "item_embeddings": embeddings,
        "user_prior_rows": np.zeros((3, 2), np.float64),
        "user_prior_precision": np.diag([4.0, 1.0]),
    }
    settings = {
        "mean": 3.2,
        "noise_precision": 2.0,
        "noise_strength": 10.0,
        "count_range": [1.0, 200.0],
        "trait_shrinkage": 2.0,
        "company_power": 0.5,
    }
    return arrays, settings


def sequence_arrays(films: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The neighbours of a film are all films of its parity, the nearest ones most."""
    offsets, ids, values = [0, 0], [], []
    for item in range(1, films + 1):
        near = [other for other in range(1, films + 1) if other != item and (other - item) % 2 == 0]
        ids += near
        values += [[1 / abs(other - item)] * 6 for other in near]
        offsets.append(len(ids))
    arrays = {
        "neighbour_offsets": np.array(offsets, np.int64),
        "neighbour_ids": np.array(ids, np.int32),
        "neighbour_values": np.array(values, np.float16),
        "item_floor": np.full(films + 1, 0.1, np.float32),
        "item_traits": np.zeros((films + 1, 4), np.float32),
        "item_eras": np.zeros((films + 1, 12), np.float32),
        "era_edges": np.arange(11, dtype=np.float32),
        "trait_weights": np.zeros(9, np.float32),
    }
    return arrays, {"sharpness": 1.0, "repeats": False}


ARRAYS = {"factorization": factorization_arrays, "sequence": sequence_arrays}
