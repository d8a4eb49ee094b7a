"""The description says what is true, and can be read in a browser from our own origin."""

import re
from typing import Any

import jsonschema
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.test.utils import override_script_prefix

from moviesite.api import api

pytestmark = pytest.mark.django_db


def test_the_documentation_needs_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    loaded = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert len(loaded) == 5
    for address in loaded:
        assert address.startswith("/static/"), address
        assert finders.find(address.removeprefix("/static/")), address
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page)
    assert "/api/v1/openapi.json" in page
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]


def test_a_site_is_described_once_for_each_address(
    client: Client,
) -> None:
    here = client.get("/api/v1/openapi.json").content
    schema = api.get_openapi_schema()
    assert api.get_openapi_schema() is schema
    with override_script_prefix("/films/"):
        elsewhere = api.get_openapi_schema()["paths"]
    assert list(elsewhere) == [f"/films{path}" for path in schema["paths"]]
    assert client.get("/api/v1/openapi.json").content == here


def test_only_a_member_gets_a_token_for_forms(client: Client, django_user_model: Any) -> None:
    assert "csrftoken" not in client.get("/api/v1/docs").cookies
    client.force_login(django_user_model.objects.create_user("ada"))
    assert "csrftoken" in client.get("/api/v1/docs").cookies


def test_each_operation_describes_its_problems(client: Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for path in schema["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            assert {"400", "422", "429"} <= set(answers)
            assert ("401" in answers) == bool(operation.get("security"))
            for status, answer in answers.items():
                assert (list(answer.get("content", {})) == ["application/problem+json"]) == (
                    status >= "400"
                )


def test_what_is_sent_has_examples_that_are_valid(client: Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    shown = {
        name: one["examples"][0]
        for name, one in schema["components"]["schemas"].items()
        if "examples" in one
    }
    assert len(shown) >= 9
    for name, example in shown.items():
        jsonschema.validate(example, {"$ref": f"#/components/schemas/{name}", **schema})


def test_what_may_stand_in_a_query_comes_from_the_description() -> None:
    assert api.query_names["movies", "GET"] == {"search", "limit", "offset", "cursor"}
    assert api.query_names["movies/{movie_id}", "GET"] == set()
