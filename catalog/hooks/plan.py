"""What applying a sync will do: which plays and ratings are new, here already, or outdone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from catalog.models import DiaryEntry, Rating, SeenMovie, WatchEvent
from catalog.models.media_server import EventState

# Nobody watches more films in a day: so many of one day are a library that was marked as watched.
MOST_A_DAY = 8


@dataclass
class Plan:
    """``seen``, ``diary`` and ``ratings`` are written; ``same`` and ``kept`` are not."""

    seen: list[WatchEvent] = field(default_factory=list)
    diary: list[WatchEvent] = field(default_factory=list)
    ratings: list[WatchEvent] = field(default_factory=list)
    same: list[WatchEvent] = field(default_factory=list)
    kept: list[WatchEvent] = field(default_factory=list)

    @property
    def written(self) -> list[WatchEvent]:
        return [*self.seen, *self.diary, *self.ratings]


@dataclass(frozen=True)
class _Here:
    """What the member has of the films already."""

    days: set[tuple[int, date]]
    seen: set[int]
    ratings: dict[int, Rating]


def plan_for(user_id: int, events: Sequence[WatchEvent]) -> Plan:
    """Events that know their films, in whatever order they came: the outcome is the same."""
    here = _here(user_id, {event.movie_id for event in events if event.movie_id})
    plan = Plan()
    plays = [event for event in events if event.movie_id and event.half_stars is None]
    marked = _days_of_marks(plays)
    # What has a day comes first: a play of unknown day adds nothing to a film that is seen.
    plays.sort(key=lambda e: (e.watched_on is None, e.watched_on or date.max, e.key))
    for event in plays:
        _plan_play(event, here, plan, has_day=(event.server, event.watched_on) not in marked)
    _plan_ratings(user_id, [event for event in events if event.half_stars], here, plan)
    return plan


def _here(user_id: int, movie_ids: set[int]) -> _Here:
    mine = {"user_id": user_id, "movie_id__in": movie_ids}
    days = set(DiaryEntry.objects.filter(**mine).values_list("movie_id", "watched_on"))
    ratings = {rating.movie_id: rating for rating in Rating.objects.filter(**mine)}
    marks = set(SeenMovie.objects.filter(**mine).values_list("movie_id", flat=True))
    return _Here(days, marks | {movie for movie, _ in days} | set(ratings), ratings)


def _days_of_marks(plays: Sequence[WatchEvent]) -> set[tuple[str, date | None]]:
    """Days on which a server says that more was watched than anybody can."""
    films = {(play.server, play.watched_on, play.movie_id) for play in plays if play.watched_on}
    counted = Counter((server, day) for server, day, _ in films)
    return {one for one, number in counted.items() if number > MOST_A_DAY}


def _plan_play(event: WatchEvent, here: _Here, plan: Plan, *, has_day: bool) -> None:
    movie_id = event.movie_id
    if movie_id is None:
        return
    if event.watched_on is None or not has_day:
        if movie_id in here.seen:
            plan.same.append(event)
        else:
            here.seen.add(movie_id)
            plan.seen.append(event)
    elif (movie_id, event.watched_on) in here.days:
        plan.same.append(event)
    else:
        here.days.add((movie_id, event.watched_on))
        here.seen.add(movie_id)
        plan.diary.append(event)


def _plan_ratings(user_id: int, events: Sequence[WatchEvent], here: _Here, plan: Plan) -> None:
    """Of several ratings of a film the last one counts, and the member's own where it is newer."""
    given: dict[int, list[WatchEvent]] = {}
    for event in events:
        if event.movie_id is not None:
            given.setdefault(event.movie_id, []).append(event)
    taken_over = ratings_taken_over(user_id, list(given))
    for movie_id, told in given.items():
        *older, event = sorted(told, key=order_of_ratings)
        plan.same.extend(older)
        mine = here.ratings.get(movie_id)
        if mine is None:
            plan.ratings.append(event)
        elif mine.half_stars == event.half_stars:
            plan.same.append(event)
        else:
            _compare(event, mine, taken_over.get(movie_id, []), plan)


def order_of_ratings(event: WatchEvent) -> tuple[datetime, datetime, str]:
    """Ratings without a time stand where they came."""
    return event.happened_at or event.received_at, event.received_at, event.key


def ratings_taken_over(user_id: int, movie_ids: Sequence[int]) -> dict[int, list[WatchEvent]]:
    """The ratings that came from servers, by film, in their order."""
    applied = WatchEvent.objects.filter(
        user_id=user_id,
        movie_id__in=movie_ids,
        half_stars__isnull=False,
        state=EventState.APPLIED,
    )
    found: dict[int, list[WatchEvent]] = {}
    for event in sorted(applied, key=order_of_ratings):
        if event.movie_id is not None:
            found.setdefault(event.movie_id, []).append(event)
    return found


def _compare(event: WatchEvent, mine: Rating, taken_over: Sequence[WatchEvent], plan: Plan) -> None:
    """Stars that came from a server give way to later ones of a server.

    The member's own do so only to stars that are known to be newer.
    """
    if taken_over and taken_over[-1].half_stars == mine.half_stars:
        later = order_of_ratings(event) > order_of_ratings(taken_over[-1])
        (plan.ratings if later else plan.same).append(event)
    elif event.happened_at is not None and event.happened_at > mine.updated_at:
        plan.ratings.append(event)
    else:
        plan.kept.append(event)
