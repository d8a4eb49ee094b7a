"""Idempotency keys: a request that is sent again is answered as the first time, for a day.

The answer is kept in the transaction of what the request did: either both are there or neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja.errors import HttpError

from catalog.api.auth import MEMBER
from moviesite.accounts.models import KeptAnswer

from .problems import problem

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=1)
LONGEST_KEY = 255
LARGEST = 1_000_000
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
# Said of the moment and not of the request: asked again, it may be otherwise.
NOT_KEPT = (401, 403, 408, 409, 412, 425, 429)


def answered_once(
    request: HttpRequest, key: str, run: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """What ``run`` answers, or what it answered when a request had this key before."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        return problem(400, f"{HEADER} must have 1 to {LONGEST_KEY} printable characters.")
    user_id = member_of(request)
    if user_id is None:
        return run()  # which says that nobody is logged in
    asked = fingerprint(request)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [f"{user_id}:{key}"])
        kept = KeptAnswer.objects.filter(user_id=user_id, key=key).first()
        if kept is not None and timezone.now() - kept.created_at < KEPT_FOR:
            return _again(kept, asked)
        answer = run()
        if answer.status_code >= 500:
            transaction.set_rollback(True)
        elif answer.status_code not in NOT_KEPT and isinstance(answer, HttpResponse):
            _keep(user_id, key, asked, answer)
    return answer


def fingerprint(request: HttpRequest) -> str:
    about = f"{request.method} {request.get_full_path()} {request.content_type}\0".encode()
    digest = hashlib.sha256(about)
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    # What parts the pieces of an upload is another text each time.
    digest.update(repr(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"\0{name}\0{file.name}\0{file.size}\0".encode())
            for piece in file.chunks():
                digest.update(piece)
            file.seek(0)
    return digest.hexdigest()


def forget_old_answers() -> int:
    """Remove those that are no longer repeated. Returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def member_of(request: HttpRequest) -> int | None:
    """Who asks; the operation looks again, and refuses in its own words."""
    for way_in in MEMBER:
        try:
            user = way_in(request)
        except HttpError:
            return None
        if user is not None:
            return int(user.pk)
    return None


def _again(kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.fingerprint != asked:
        return problem(422, f"This {HEADER} was used for another request.")
    answer = HttpResponse(kept.content, status=kept.status, content_type=kept.content_type)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _keep(user_id: int, key: str, asked: str, answer: HttpResponse) -> None:
    if len(answer.content) > LARGEST:
        return
    forget_old_answers()
    KeptAnswer.objects.update_or_create(
        user_id=user_id,
        key=key,
        defaults={
            "fingerprint": asked,
            "status": answer.status_code,
            "content_type": answer.get("Content-Type", ""),
            "content": answer.content.decode(),
            "created_at": timezone.now(),
        },
    )
