"""Whatever goes wrong under /api/, the answer is a problem document that says what it was."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Rating
from tests.recommender.world import World

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def problem_of(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"] == PROBLEM, answer.content
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert isinstance(document["detail"], str)
    assert document["detail"]
    return document


@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/movies", "/api/v1/movies/", "/api/v1/%00"],
)
def test_unknown_addresses_are_problems(client: Client, address: str) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    problem_of(answer)


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client: Client) -> None:
    answer = client.post("/api/v1/movies")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    problem_of(answer)


def test_answers_are_json_whatever_is_accepted(client: Client, world: World) -> None:
    answer = client.get("/api/v1/movies", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")


def test_an_unknown_host_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/movies", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    problem_of(answer)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/api/v1/movies?genre=drama&limit=2&year=1999", ["genre", "year"]),
        ("/api/v1/me/ratings?Limit=2", ["Limit"]),
        ("/api/v1/movies/1?n=2", ["n"]),
    ],
)
def test_unknown_names_in_the_query_are_refused_by_name(
    client: Client, address: str, names: list[str]
) -> None:
    answer = client.get(address)
    assert answer.status_code == 422
    document = problem_of(answer)
    assert [one["loc"] for one in document["errors"]] == [["query", name] for name in names]
    assert all(name in document["detail"] for name in names)


def test_a_value_out_of_bounds_says_where(client: Client) -> None:
    document = problem_of(client.get("/api/v1/movies?limit=0"))
    assert document["errors"][0]["loc"] == ["query", "limit"]
    assert "query.limit" in document["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[" * 5_000, 400),
        ('{"movies": ' + "[" * 100 + "]" * 100 + "}", 422),
        ("[]", 422),
        ('"movies"', 422),
        ("null", 422),
        ('{"movies": ["\\u0000"]}', 422),
        ('{"movies": ["\\ud800"]}', 422),
        ('{"\\u0000": 1, "movies": []}', 422),
        (b"\xff", 400),
        ('{"movies": [' + "9" * 5000 + "]}", 400),
        ('{"movies": [NaN]}', 422),
        ("", 422),
    ],
)
def test_a_body_that_makes_no_sense_is_a_problem(client: Client, body: Any, status: int) -> None:
    answer = client.generic("POST", "/api/v1/watch-next", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    problem_of(answer)


def test_a_body_of_another_kind_is_a_problem_that_names_the_right_one(client: Client) -> None:
    address = "/api/v1/watch-next"
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        answer = client.generic("POST", address, "<movies/>", content_type=kind)
        assert answer.status_code == 415
        assert "application/json" in problem_of(answer)["detail"]
    # What is JSON is taken as before, whatever a client calls it.
    answer = client.generic("POST", address, '{"movies": []}', content_type="text/plain")
    assert answer.status_code == 200


def test_true_is_no_star(member: Client, world: World) -> None:
    address = f"/api/v1/me/ratings/{world.movies[30].pk}"
    answer = member.put(address, {"rating": True}, content_type="application/json")
    assert answer.status_code == 422
    assert problem_of(answer)["errors"][0]["loc"][-1] == "rating"
    assert not Rating.objects.filter(movie=world.movies[30]).exists()


def test_what_fails_inside_is_a_problem_without_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("catalog.api.movies.open_film", fail)
    client = Client(raise_request_exception=False)
    answer = client.get(f"/api/v1/movies/{world.movies[0].pk}")
    assert answer.status_code == 500
    assert "secret" not in str(problem_of(answer))


def test_head_is_get_without_its_body(client: Client, world: World) -> None:
    asked, got = client.head("/api/v1/movies?limit=2"), client.get("/api/v1/movies?limit=2")
    assert asked.status_code == 200
    assert asked.content == b""
    assert asked["Content-Type"] == got["Content-Type"]
    assert int(asked["Content-Length"]) == len(got.content)


def test_pages_keep_their_own_form_of_error(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
