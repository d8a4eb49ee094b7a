"""Ratings and plays of another program: written once, and never over what is newer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from catalog.models import DiaryEntry, Movie, Rating
from catalog.services.diary import DiaryError
from catalog.services.outside_events import OutsideEvent, Recorded, record_events

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def ada() -> int:
    return get_user_model().objects.create_user("ada").pk


@pytest.fixture
def film() -> int:
    return Movie.objects.create(title="Alone").pk


def test_sent_again_nothing_changes(ada: int, film: int) -> None:
    events = [OutsideEvent(ada, film, NOON, 9), OutsideEvent(ada, film, NOON)]
    assert record_events(events) == Recorded(1, 1)
    assert record_events(events) == Recorded(0, 0)
    rating = Rating.objects.get()
    assert (rating.half_stars, rating.rated_at) == (9, NOON)
    assert DiaryEntry.objects.get().watched_on == NOON.date()


def test_the_newest_rating_counts(ada: int, film: int) -> None:
    newer, older = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
    record_events([OutsideEvent(ada, film, newer, 3), OutsideEvent(ada, film, NOON, 9)])
    assert Rating.objects.get().half_stars == 3
    assert record_events([OutsideEvent(ada, film, older, 8)]) == Recorded(0, 0)
    assert record_events([OutsideEvent(ada, film, newer + timedelta(hours=1), 7)]).ratings == 1
    assert Rating.objects.get().half_stars == 7


def test_a_day_that_has_not_come_refuses_all(ada: int, film: int) -> None:
    later = timezone.now() + timedelta(days=9)
    with pytest.raises(DiaryError):
        record_events([OutsideEvent(ada, film, NOON, 9), OutsideEvent(ada, film, later)])
    assert not Rating.objects.exists()
