"""Members ask for films that the site does not have; a worker adds them from TMDB."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import transaction
from django.utils import timezone

from catalog.broker import send
from catalog.models import FilmRequest
from catalog.models.film_request import OPEN, RequestProblem, RequestState
from catalog.tmdb import client, errors

from .add_film import add_film, film_by_ids
from .notices import tell_of_film

log = structlog.get_logger(__name__)

WORK_TASK = "catalog.tasks.add_requested_film"
EDITORS_MAY = "catalog.add_movie"
MOST_ATTEMPTS = 3
LOST_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(days=30)
PROBLEMS: tuple[tuple[type[errors.TmdbError], RequestProblem], ...] = (
    (errors.NotThereError, RequestProblem.NOT_THERE),
    (errors.UnavailableError, RequestProblem.UNAVAILABLE),
    (errors.KeyRefusedError, RequestProblem.REFUSED),
    (errors.TmdbOffError, RequestProblem.OFF),
)


class MayNotAddError(Exception):
    """The operator lets others add films, or nobody."""


class DailyLimitError(Exception):
    """The member has asked for as many films as one may within a day."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"You can add {limit} films within a day.")
        self.limit = limit


def may_add(user: AbstractUser | AnonymousUser) -> bool:
    """Whether the site asks TMDB at all, and adds films for this user."""
    if not client.is_on() or not user.is_authenticated:
        return False
    who = settings.MATINEE_ADD_FILMS
    return who == "members" or (who == "editors" and user.has_perm(EDITORS_MAY))


def ask_for_film(user: AbstractUser, *, tmdb_id: int, title: str = "") -> FilmRequest:
    """Have a film added; one that is here is the answer at once, and asking twice is asking once.

    Raises
    ------
    MayNotAddError
        When the operator does not let this user add films.
    DailyLimitError
        When the user has asked for MATINEE_ADD_FILMS_DAILY films since this time yesterday.
    """
    if not may_add(user):
        raise MayNotAddError
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)
        mine = FilmRequest.objects.filter(user_id=user.pk)
        again = mine.filter(tmdb_id=tmdb_id).exclude(state=RequestState.FAILED).first()
        if again is not None and (again.is_open or again.movie_id):
            return again
        limit = settings.MATINEE_ADD_FILMS_DAILY
        if mine.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= limit:
            raise DailyLimitError(limit)
        movie = film_by_ids(tmdb_id, None)
        request = FilmRequest.objects.create(
            user_id=user.pk,
            tmdb_id=tmdb_id,
            title=movie.title if movie else title[:300],
            movie=movie,
            state=RequestState.DONE if movie else RequestState.WAITING,
        )
        if movie is None:
            transaction.on_commit(lambda: _deliver(request.pk))
    return request


def _deliver(request_id: int) -> None:
    send(WORK_TASK, request_id)


def work_on_request(request_id: int) -> None:
    """Add the film that was asked for; nothing, if that is done. Repeating it does no harm."""
    if not _begin(request_id):
        return
    request = FilmRequest.objects.get(pk=request_id)
    try:
        request.movie = add_film(tmdb_id=request.tmdb_id).movie
    except errors.TmdbError as error:
        log.warning("film_not_added", tmdb_id=request.tmdb_id, error=str(error))
        request.problem = problem_of(error)
        request.state = RequestState.FAILED
    else:
        request.title = request.movie.title
        request.problem = ""
        request.state = RequestState.DONE
    request.changed_at = timezone.now()
    request.save(update_fields=["movie", "title", "problem", "state", "changed_at"])
    if request.movie is not None:
        tell_of_film(request.user_id, request.pk, request.movie)


def _begin(request_id: int) -> bool:
    """Count the attempt, in a transaction that stays whatever becomes of it."""
    with transaction.atomic():
        waiting = FilmRequest.objects.filter(pk=request_id, state__in=OPEN)
        request = waiting.select_for_update(skip_locked=True).first()
        if request is None:
            return False
        given_up = request.attempts >= MOST_ATTEMPTS
        request.attempts += 1
        request.state = RequestState.FAILED if given_up else RequestState.WORKING
        request.problem = RequestProblem.LOST if given_up else ""
        request.changed_at = timezone.now()
        request.save(update_fields=["attempts", "state", "problem", "changed_at"])
    return not given_up


def problem_of(error: errors.TmdbError) -> RequestProblem:
    for kind, problem in PROBLEMS:
        if isinstance(error, kind):
            return problem
    return RequestProblem.UNREADABLE


def sweep_requests() -> None:
    """Send again what was lost; forget what is old."""
    now = timezone.now()
    lost = FilmRequest.objects.filter(state__in=OPEN, changed_at__lt=now - LOST_AFTER)
    for key in lost.values_list("pk", flat=True):
        _deliver(key)
    FilmRequest.objects.filter(changed_at__lt=now - KEPT_FOR).delete()
