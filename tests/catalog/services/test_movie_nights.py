"""Movie nights: who may vote, when they end, and who wins."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from catalog.models import Movie, MovieNight, NightVoter
from catalog.queries.night_result import result, standings
from catalog.services.movie_nights import NightError, end_night, join, start_night, vote


@pytest.fixture
def night(ada: AbstractUser, films: list[Movie]) -> MovieNight:
    keys = [film.pk for film in films[:3]]
    return start_night(host_id=ada.pk, movie_ids=keys, people=2, minutes=30)


def ballot(night: MovieNight, voter: NightVoter, *scores: int) -> None:
    for key, score in zip(night.movie_ids, scores, strict=True):
        vote(night, voter.pk, movie_id=key, score=score)


def test_what_nobody_minds_wins_over_what_one_loves(night: MovieNight, films: list[Movie]) -> None:
    ballot(night, join(night, "Mia"), 2, 1, 1)
    ballot(night, join(night, "Leo"), 0, 2, 1)
    night.refresh_from_db()
    assert night.is_over, "everybody has voted on everything"
    assert [one.movie.pk for one in result(night)] == [films[1].pk, films[2].pk, films[0].pk]


def test_ties_are_broken_by_the_sum_and_then_by_the_order_of_the_proposals() -> None:
    votes = [{"1": 1, "2": 1, "3": 1}, {"1": 1, "2": 2, "3": 1}]
    assert [one.movie_id for one in standings([1, 2, 3], votes)] == [2, 1, 3]
    assert [one.movie_id for one in standings([3, 1], [])] == [3, 1]


def test_who_said_nothing_of_a_film_does_not_mind_it() -> None:
    votes = [{"1": 0, "2": 2}, {"2": 2}]
    assert [one.movie_id for one in standings([1, 2, 3], votes)] == [2, 1, 3]


def test_it_ends_by_itself_when_its_time_is_over(night: MovieNight) -> None:
    mia = join(night, "Mia")
    MovieNight.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NightError, match="The vote is over"):
        vote(night, mia.pk, movie_id=night.movie_ids[0], score=2)
    with pytest.raises(NightError, match="The vote is over"):
        join(night, "Leo")


@pytest.mark.parametrize("alike", [" mia ", "Міа", "Ｍｉａ"])
def test_nobody_is_called_like_somebody_else_there(night: MovieNight, alike: str) -> None:
    join(night, "Mia")
    with pytest.raises(NightError, match="choose another name"):
        join(night, alike)


def test_names_and_seats_are_limited(night: MovieNight) -> None:
    join(night, "Mia")
    with pytest.raises(NightError, match="Type a name"):
        join(night, "  ")
    join(night, "Leo")
    with pytest.raises(NightError, match="is here already"):
        join(night, "Eve")


@pytest.mark.parametrize(("place", "score"), [(0, 3), (0, -1), (40, 1)])
def test_only_what_is_proposed_is_voted_on(
    night: MovieNight, films: list[Movie], place: int, score: int
) -> None:
    with pytest.raises(NightError, match="nothing to vote on"):
        vote(night, join(night, "Mia").pk, movie_id=films[place].pk, score=score)


@pytest.mark.parametrize(("people", "minutes"), [(1, 30), (9, 30), (4, 7)])
def test_what_cannot_be_started(
    ada: AbstractUser, films: list[Movie], people: int, minutes: int
) -> None:
    with pytest.raises(NightError):
        start_night(host_id=ada.pk, movie_ids=[films[0].pk], people=people, minutes=minutes)
    with pytest.raises(NightError, match="no film"):
        start_night(host_id=ada.pk, movie_ids=[], people=2, minutes=30)


def test_an_ended_night_is_forgotten_after_a_week(ada: AbstractUser, night: MovieNight) -> None:
    end_night(night)
    MovieNight.objects.update(ends_at=timezone.now() - timedelta(days=8))
    again = start_night(host_id=ada.pk, movie_ids=night.movie_ids, people=2, minutes=30)
    assert list(MovieNight.objects.all()) == [again]
