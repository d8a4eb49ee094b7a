"""Fetches films from TMDB again: those that changed there, and those whose time has come."""

from datetime import date, timedelta

import structlog
from django.core.cache import cache
from django.db.models import F, QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from catalog.models import Link, Movie, TmdbRefresh
from catalog.models.tmdb_refresh import RefreshProblem
from catalog.tmdb.client import Tmdb
from catalog.tmdb.errors import NotThereError, UnavailableError, UnreadableError

from .tmdb_film import write_film

log = structlog.get_logger(__name__)

FEED_DAY_KEY = "catalog.tmdb.feed-day"
LONGEST_FEED = 14  # days that TMDB tells of at once
MOST_UNANSWERED = 3  # then TMDB is down: the next night is another one
AFTER_PROBLEM = timedelta(days=7)


def refresh_films(limit: int) -> int:
    """Refresh ``limit`` films at most; how many were. Raises KeyRefusedError, TmdbOffError."""
    tmdb = Tmdb()
    _note_changes(tmdb)
    refreshed = unanswered = 0
    for movie, tmdb_id in _due(limit):
        try:
            write_film(tmdb.film(tmdb_id), into=movie)
        except UnavailableError as error:
            log.warning("film_not_refreshed", movie=movie.pk, error=str(error))
            unanswered += 1
            if unanswered == MOST_UNANSWERED:
                break
        except NotThereError:
            _note_problem(movie, RefreshProblem.NOT_THERE)
        except UnreadableError as error:
            log.warning("film_not_refreshed", movie=movie.pk, error=str(error))
            _note_problem(movie, RefreshProblem.UNREADABLE)
        else:
            refreshed += 1
            unanswered = 0
    log.info("films_refreshed", number=refreshed)
    return refreshed


def _note_changes(tmdb: Tmdb) -> None:
    """Films of ours in the change feed are due now."""
    today = timezone.now().date()
    first = max(_feed_day() or date.min, today - timedelta(days=LONGEST_FEED - 1))
    try:
        changed = set(tmdb.changed(first, today))
    except (UnavailableError, UnreadableError) as error:
        log.warning("change_feed_not_read", error=str(error))
        return
    ours = TmdbRefresh.objects.filter(movie__link__tmdb_id__in=changed)
    ours.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
    _keep_feed_day(today)


def _due(limit: int) -> list[tuple[Movie, int]]:
    """The films whose time has come, the longest overdue first, and then those never fetched."""
    due = Link.objects.filter(
        tmdb_id__isnull=False, movie__tmdb_refresh__due_at__lte=timezone.now()
    ).order_by("movie__tmdb_refresh__due_at", "movie_id")
    never = Link.objects.filter(tmdb_id__isnull=False, movie__tmdb_refresh__isnull=True).order_by(
        F("movie__rating_count").desc(), "movie_id"
    )
    links = _first(due, limit)
    links += _first(never, limit - len(links))
    return [(link.movie, link.tmdb_id) for link in links if link.tmdb_id is not None]


def _first(links: "QuerySet[Link]", number: int) -> list[Link]:
    return list(links.select_related("movie")[: max(number, 0)])


def _note_problem(movie: Movie, problem: RefreshProblem) -> None:
    later = timezone.now() + AFTER_PROBLEM
    row, _ = TmdbRefresh.objects.get_or_create(movie=movie, defaults={"due_at": later})
    row.problem, row.due_at, row.failures = problem, later, row.failures + 1
    row.save(update_fields=["problem", "due_at", "failures"])


def _feed_day() -> date | None:
    """The day up to which the feed was read; without one all that TMDB tells is read."""
    try:
        day: date | None = cache.get(FEED_DAY_KEY)
    except (RedisError, OSError) as error:
        log.warning("feed_day_unknown", error=repr(error))
        return None
    return day


def _keep_feed_day(day: date) -> None:
    try:
        cache.set(FEED_DAY_KEY, day, timeout=None)
    except (RedisError, OSError) as error:
        log.warning("feed_day_not_kept", error=repr(error))
