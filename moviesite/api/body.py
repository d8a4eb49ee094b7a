"""What a request sends as JSON, before its fields are looked at."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from moviesite.middleware.clean_input import storable

MAX_DEPTH = 32
JSON = ("application/json", "")


class CleanParser(Parser):
    """Refuses text that no database takes (NUL, half a surrogate pair) and endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            body = json.loads(request.body)
        except (RecursionError, ValueError) as error:
            # Bodies that are JSON are taken whatever they call themselves.
            if request.content_type not in JSON:
                raise HttpError(415, "The body must be JSON, as application/json.") from error
            raise HttpError(400, "The body is no JSON.") from error
        if not isinstance(body, dict):
            raise HttpError(422, "The body must be an object.")
        _check(body, "body", MAX_DEPTH)
        return body


def _check(value: object, place: str, depth: int) -> None:
    if not depth:
        raise HttpError(422, f"{place}: nested too deeply")
    if isinstance(value, str):
        if not storable(value):
            raise HttpError(422, f"{place}: text with a character that cannot be stored")
    elif isinstance(value, dict):
        for name, one in value.items():
            _check(name, place, depth - 1)
            _check(one, f"{place}.{name}", depth - 1)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            _check(one, f"{place}.{at}", depth - 1)
