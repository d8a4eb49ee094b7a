"""Ratings to train on: two tastes, in a catalog of sixty films."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from catalog.models import Rating
from recommender.models import RetrainingPolicy
from tests.recommender.world import World, build_world

USERS = 80
RATINGS_EACH = 25


@pytest.fixture
def rated_world(transactional_db: None, artifacts: Path) -> World:
    """``world`` with 2,000 imported ratings, visible to other connections, and a strict gate."""
    world = build_world()
    add_ratings(world)
    RetrainingPolicy(holdout_percent=10, gate_minimum_questions=50).save()
    return world


def add_ratings(world: World, users: int = USERS, prefix: str = "rater") -> None:
    """Ratings of new users, who like films of one parity and watch films in their order."""
    random = np.random.default_rng(users)
    user_model = get_user_model()
    raters = user_model.objects.bulk_create(
        user_model(username=f"{prefix}{n}", is_active=False, imported=True) for n in range(users)
    )
    now = timezone.now()
    ratings = []
    for place, rater in enumerate(raters):
        # Most go on to the next film or the one after it, so that there is an order to learn.
        steps = random.choice([1, 2, 3], RATINGS_EACH, p=[0.6, 0.3, 0.1]).cumsum()
        films = (random.integers(len(world.movies)) + steps) % len(world.movies)
        for minute, film in enumerate(dict.fromkeys(films.tolist())):
            liked = film % 2 == place % 2
            ratings.append(
                Rating(
                    user=rater,
                    movie=world.movies[film],
                    half_stars=int(random.integers(7, 11) if liked else random.integers(1, 5)),
                    rated_at=now - timedelta(days=place + 1, minutes=-minute),
                    updated_at=now,
                )
            )
    Rating.objects.bulk_create(ratings)
