"""The OpenAPI description, with what all operations have in common."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from http import HTTPStatus
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger

from .problems import MEDIA_TYPE

METHODS = ("get", "put", "post", "patch", "delete")
PROBLEM = {"$ref": "#/components/schemas/Problem"}
# Swagger UI draws its arrows with pictures that stand in its style sheet.
with_drawn_arrows = csp_update({"img-src": ["data:"]})


class OwnSwagger(Swagger):
    """Swagger UI from our own static files, since browsers may load nothing from elsewhere."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        context = {"settings": {**self.settings, "url": self.get_openapi_url(api, kwargs)}}
        return render(request, "api/docs.html", context)


class DescribedApi(NinjaAPI):
    """Says of each operation which problems it answers, and knows the names in its query."""

    def __init__(self, **choices: Any) -> None:
        super().__init__(docs=OwnSwagger(), docs_decorator=with_drawn_arrows, **choices)
        self._described: tuple[str, Any] = ("", None)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Any:
        """Kept for the address where the site was described last: it takes half a second."""
        root = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        kept_for, schema = self._described
        if schema is None or root != kept_for:
            schema = super().get_openapi_schema(path_prefix=root)
            for method, operation in _operations(schema["paths"]):
                _describe_problems(method, operation)
            self._described = root, schema
        return schema

    @cached_property
    def query_names(self) -> dict[tuple[str, str], frozenset[str]]:
        """By path below the API's root and method: what may stand in the query."""
        root = self.get_root_path({})
        paths = self.get_openapi_schema(path_prefix=root)["paths"]
        return {
            (path.removeprefix(root).lstrip("/"), method.upper()): frozenset(
                one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
            )
            for path, operations in paths.items()
            for method, operation in operations.items()
        }


def _operations(paths: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in paths.values():
        for method, operation in path.items():
            if method in METHODS:
                yield method, operation


def _describe_problems(method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    expected = [400, 422, 429]
    if operation.get("security"):
        expected += [401, 403]
    if method != "get":
        expected += [409, 412]
    if "requestBody" in operation:
        expected += [413, 415]
    if any(one["in"] == "path" for one in operation.get("parameters", ())):
        expected += [404]
    for status in expected:
        answers.setdefault(status, {"description": HTTPStatus(status).phrase})
    for status, answer in answers.items():
        if int(status) >= 400:
            answer["content"] = {MEDIA_TYPE: {"schema": PROBLEM}}
