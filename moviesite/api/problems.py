"""Problem documents (RFC 9457): the one form in which the API tells an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.http.response import HttpResponseBase

MEDIA_TYPE = "application/problem+json"
NO_DOCUMENT = frozenset({"content-type", "content-length", "etag", "last-modified"})

Errors = Sequence[Mapping[str, Any]]


def problem(
    status: int,
    detail: str = "",
    *,
    errors: Errors = (),
    headers: Iterable[tuple[str, str]] = (),
) -> HttpResponse:
    """``errors`` are the places of a request that make no sense; they say the ``detail``, too."""
    title = _title(status)
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or _sentence(errors) or title,
    }
    if errors:
        document["errors"] = list(errors)
    text = json.dumps(document, cls=DjangoJSONEncoder)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=dict(headers) or None)


def as_problem(answer: HttpResponseBase) -> HttpResponseBase:
    """An error in whatever form as a problem document; everything else as it is."""
    if answer.status_code < 400 or answer.get("Content-Type", "").startswith(MEDIA_TYPE):
        return answer
    kept = [(name, value) for name, value in answer.items() if name.lower() not in NO_DOCUMENT]
    made = problem(answer.status_code, _detail(answer), headers=kept)
    made.cookies = answer.cookies
    return made


def _detail(answer: HttpResponseBase) -> str:
    """What an operation answered with a status of its own; pages of HTML say nothing here."""
    if answer.get("Content-Type", "").startswith("application/json") and not answer.streaming:
        said = json.loads(answer.content)  # type: ignore[attr-defined]
        if isinstance(said, dict) and isinstance(said.get("detail"), str):
            return said["detail"]
    return ""


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _sentence(errors: Errors) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in one.get('loc', ()))}: {one.get('msg', '')}"
        for one in errors
    )
