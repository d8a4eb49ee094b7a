"""What a session may do and for how long, and that no cache keeps what a member sees."""

from __future__ import annotations

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

BEGAN, SEEN = "began", "seen"
NOTED_EVERY = 3600  # seconds: how exactly a session's last use is known
DAY = 24 * 3600


class SessionLimitsMiddleware:
    """Ends a session that was not used for long, and any at last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_session(request) and request.user.is_authenticated:
            keep_or_end(request)
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Forbids to keep what a member or a program of theirs was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.has_header("Cache-Control"):
            return answer
        is_member = has_session(request) and request.user.is_authenticated
        if is_member or "HTTP_AUTHORIZATION" in request.META:
            answer["Cache-Control"] = "private, no-store"
        return answer


def begin(sender: object, request: HttpRequest, **_: object) -> None:
    """Listens to log-ins."""
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()


def has_session(request: HttpRequest) -> bool:
    """Whether a session was sent or made; nothing is read for a visitor who only looks."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.modified


def keep_or_end(request: HttpRequest) -> None:
    """End the session, or note once an hour that it is used."""
    now, session = timezone.now().timestamp(), request.session
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:  # from a version that noted neither
        session[BEGAN] = session[SEEN] = now
        return
    is_idle = now - seen > settings.MATINEE_SESSION_IDLE_DAYS * DAY
    if is_idle or now - began > settings.MATINEE_SESSION_DAYS * DAY:
        UserSession.objects.filter(session_key=session.session_key).delete()
        logout(request)
    elif now - seen > NOTED_EVERY:
        session[SEEN] = now
        mine = UserSession.objects.filter(session_key=session.session_key)
        mine.update(last_seen_at=timezone.now())
