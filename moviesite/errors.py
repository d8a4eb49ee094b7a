"""What a visitor reads when a request failed: 503 where a service is missing, else 500."""

from __future__ import annotations

import errno
import sys

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from moviesite.api.problems import problem
from moviesite.unsent_mail import MailAwayError

RETRY_AFTER = 10  # seconds
API = "/api/"
# A disk that is full, over its quota, or mounted to be read only.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
READ_ONLY_TRANSACTION = "25006"  # PostgreSQL's SQLSTATE: a standby, or a disk that failed


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of what no view caught. Asks neither database nor cache."""
    error = sys.exc_info()[1]
    if error is not None and is_outage(error):
        return unavailable(request)
    if request.path_info.startswith(API):
        return problem(500, "Something went wrong; it has been logged.")
    return HttpResponse(render_to_string("500.html"), status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400; a session that could not be saved for want of a database is none."""
    cause: BaseException | None = exception
    while cause is not None:
        if is_outage(cause):
            return unavailable(request)
        cause = cause.__context__
    return defaults.bad_request(request, exception)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Something that the site needs is away; it looks for it again with every request."""
    if request.path_info.startswith(API):
        answer = problem(503, "The database or the disk is away: try again in a moment.")
    else:
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer


def is_outage(error: BaseException) -> bool:
    """Whether the same request may work later: the service failed, not the site."""
    if (
        isinstance(error, OperationalError | InterfaceError | MailAwayError)
        or type(error) is DatabaseError
    ):
        return True  # the last without a kind: libpq lost its connection within an answer
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "pgcode", None) == READ_ONLY_TRANSACTION
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return False
