"""What the retraining schedule is told of ratings and films."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Movie, Rating
from recommender.models import ModelVersion, RetrainingPolicy
from recommender.runs.schedule_inputs import first_changes, observe
from tests.recommender.world import World


def version(**fields: object) -> ModelVersion:
    """Trained a moment ago on what there is."""
    now = timezone.now()
    given: dict[str, object] = {
        "kind": "sequence",
        "trained_at": now,
        "watermark": now,
        "settings": {"snapshot_at": now.isoformat()},
    }
    return ModelVersion.objects.create(**{**given, **fields})


def test_films_that_were_added_count_towards_the_next_training(world: World) -> None:
    version()
    policy = RetrainingPolicy()
    seen = observe("sequence", policy)
    assert (seen.new_ratings, seen.changed_since_full) == (0, False)
    added = [Movie.objects.create(title=f"New {number}") for number in range(3)]
    member = world.member()
    rating = Rating.objects.create(user=member, movie=added[0], half_stars=8)
    seen = observe("sequence", policy)
    assert seen.new_ratings == 4
    assert seen.changed_since_full
    newest = ModelVersion.objects.get()
    assert first_changes(newest, 9) == (4, rating.updated_at)
    assert first_changes(newest, 2) == (2, added[1].created_at)


def test_enough_films_trip_a_training_at_the_moment_of_the_last(world: World) -> None:
    version()
    policy = RetrainingPolicy()
    needed = policy.new_ratings_needed(0)
    films = [Movie.objects.create(title=f"New {number}") for number in range(needed + 2)]
    assert observe("sequence", policy).tripped_at == films[needed - 1].created_at


@pytest.mark.parametrize("kept", [True, False])
def test_films_in_the_snapshot_are_not_counted_again(world: World, kept: bool) -> None:
    """Though no rating is younger than they are: their ratings may never come."""
    now = timezone.now()
    version(
        watermark=now - timedelta(days=9),
        trained_at=now if kept else now + timedelta(seconds=1),
        settings={"snapshot_at": now.isoformat()} if kept else {},
    )
    seen = observe("sequence", RetrainingPolicy())
    assert (seen.new_ratings, seen.changed_since_full) == (0, False)
