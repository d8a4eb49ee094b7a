"""The body of a delivery: JSON, or a form with a field of JSON, of bounded size."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from .formats.told import Payload, PayloadError

MOST_JSON = 512 * 1024
# Plex adds a picture to its form; it is read and thrown away.
MOST_FORM = 4 * 1024 * 1024
FIELDS = ("payload", "data")


class TooLargeError(ValueError):
    """The body is larger than any delivery is."""


class _NoFiles(FileUploadHandler):
    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def read_payload(request: HttpRequest) -> Payload:
    """Raises PayloadError, or TooLargeError before anything of it is read."""
    is_form = request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > (MOST_FORM if request.content_type == "multipart/form-data" else MOST_JSON):
        raise TooLargeError
    try:
        content = _field(request) if is_form else request.body
    except RequestDataTooBig as error:
        raise TooLargeError from error
    except (MultiPartParserError, UnreadablePostError, TooManyFieldsSent, TooManyFilesSent) as e:
        raise PayloadError("the form cannot be read") from e
    return _parsed(content)


def _field(request: HttpRequest) -> bytes:
    request.upload_handlers = [_NoFiles(request)]
    for name in FIELDS:
        if value := request.POST.get(name):
            return value.encode()
    raise PayloadError("the form has no field “payload” or “data”")


def _parsed(content: bytes) -> Payload:
    if not content.strip():
        raise PayloadError("the body is empty")
    try:
        read: Any = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PayloadError("the body is not JSON in UTF-8") from error
    if not isinstance(read, dict):
        raise PayloadError("the body is not a JSON object")
    return read
