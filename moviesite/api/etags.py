"""Answers that a client has already, and changes of what it has not seen."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers


def tagged(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """An answer to GET with its ETag; 304 in its place where the client has it."""
    if request.method != "GET" or answer.status_code != 200 or not isinstance(answer, HttpResponse):
        return answer
    etag = etag_of(answer)
    answer["ETag"] = etag
    if not answer.has_header("Cache-Control"):
        patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["Authorization", "Cookie"])
    found = get_conditional_response(request, etag=etag, response=answer)
    return found if isinstance(found, HttpResponse) else answer


def etag_of(answer: HttpResponse) -> str:
    """Strong: the same bytes, the same tag."""
    return f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'


def matches(asked: str, etag: str | None) -> bool:
    """Whether ``If-Match`` allows a change of what has this tag; None for what is not there."""
    wanted = [one.strip() for one in asked.split(",")]
    # GZipMiddleware makes a tag weak on its way out; it stands for the same state.
    return etag is not None and ("*" in wanted or etag in wanted or f"W/{etag}" in wanted)
