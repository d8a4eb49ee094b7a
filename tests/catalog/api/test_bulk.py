"""Films and events in bulk in the JSON API."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from catalog.api.bulk_schemas import MOST
from catalog.models import Movie, Rating
from moviesite.accounts.tokens import create_token

pytestmark = pytest.mark.django_db
JSON = "application/json"
FILMS, EVENTS = "/api/v1/bulk/films", "/api/v1/bulk/events"
AT = "2026-01-02T12:00:00Z"


@pytest.fixture
def root() -> Any:
    return get_user_model().objects.create_superuser("root", "root@example.org")


def send(user: Any, scope: str, method: str, address: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {create_token(user, 'program', scope=scope)[1]}"}
    return getattr(Client(), method)(address, body, content_type=JSON, headers=headers)


def films(*items: dict[str, Any]) -> dict[str, Any]:
    return {"source": "kodi", "items": list(items)}


def test_films_are_upserted_and_rated_by_their_ids(root: Any, ada: Any) -> None:
    film = {"external_id": "k-1", "title": "Paper Moon", "year": 1973, "genres": ["Comedy"]}
    made = send(root, "admin", "put", FILMS, films(film))
    assert made.status_code == 200, made.content
    assert (made.json()["created"], made.json()["changed"]) == (1, 0)
    key = made.json()["items"][0]["id"]
    assert Movie.objects.get(pk=key).title == "Paper Moon"
    events = films(
        {"film": "k-1", "at": AT, "rating": 4.5}, {"film": "k-1", "at": AT, "member": "ada"}
    )
    told = send(root, "admin", "post", EVENTS, events)
    assert told.status_code == 200, told.content
    assert told.json() == {"ratings": 1, "plays": 1}
    assert Rating.objects.get().user == root
    assert ada.diary.count() == 1


def test_as_many_as_one_call_may_have_are_taken(root: Any, ada: Any) -> None:
    """
    GIVEN a program with as many films, and as many ratings, as the documentation allows in a call
    WHEN it sends them, and sends them again
    THEN each is there once, and one more in a call is refused whole
    """
    sent = [
        {
            "external_id": f"k-{n}",
            "title": f"Film number {n}",
            "original_title": f"Der Film {n}",
            "year": 1900 + n % 120,
            "runtime": 90,
            "overview": "What happens in it, told in a sentence of the usual length. " * 2,
            "genres": ["Comedy", "Drama"],
            "links": {"imdb": f"tt{n + 1:07}", "tmdb": n + 1, "movielens": n + 1},
        }
        for n in range(MOST)
    ]
    ratings = [
        {"film": f"k-{n}", "at": AT, "rating": (n % 10 + 1) / 2, "member": ("ada", "root")[n % 2]}
        for n in range(MOST)
    ]
    for times, counted in enumerate(((MOST, 0), (0, MOST))):
        told = send(root, "admin", "put", FILMS, films(*sent))
        assert told.status_code == 200, told.content[:1000]
        assert (told.json()["created"], told.json()["unchanged"]) == counted
        assert len({one["id"] for one in told.json()["items"]}) == MOST
        told = send(root, "admin", "post", EVENTS, films(*ratings))
        assert told.status_code == 200, told.content[:1000]
        assert told.json() == {"ratings": 0 if times else MOST, "plays": 0}
    assert Movie.objects.count() == Rating.objects.count() == MOST
    assert Rating.objects.filter(user=ada).count() == MOST // 2
    assert Movie.objects.filter(rating_count=1).count() == MOST
    ratings.append(ratings[0])
    for method, address, items in (("put", FILMS, [*sent, sent[0]]), ("post", EVENTS, ratings)):
        assert send(root, "admin", method, address, films(*items)).status_code == 422
    assert Movie.objects.count() == MOST


def test_ones_own_events_need_no_role(root: Any, ada: Any) -> None:
    send(root, "admin", "put", FILMS, films({"external_id": "k-1", "title": "Paper Moon"}))
    mine = films({"film": "k-1", "at": AT, "rating": 3})
    assert send(ada, "write", "post", EVENTS, mine).json() == {"ratings": 1, "plays": 0}
    assert send(ada, "read", "post", EVENTS, mine).status_code == 403


@pytest.mark.parametrize("scope", ["write", "admin"])
def test_members_without_a_role_change_no_films_and_no_others(
    root: Any, ada: Any, scope: str
) -> None:
    film = films({"external_id": "k-1", "title": "Paper Moon"})
    assert send(ada, scope, "put", FILMS, film).status_code == 403
    assert send(root, "write", "put", FILMS, film).status_code == 403, "the scope is too small"
    send(root, "admin", "put", FILMS, film)
    for member in ("root", "nobody"):
        hers = films({"film": "k-1", "at": AT, "rating": 3, "member": member})
        assert send(ada, scope, "post", EVENTS, hers).status_code == 403
    hers = films({"film": "k-1", "at": AT, "rating": 3, "member": "ada"})
    assert send(root, "write", "post", EVENTS, hers).status_code == 403
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "item",
    [
        {"title": "No id"},
        {"external_id": "x", "title": " "},
        {"external_id": "x", "title": "x" * 300 + " "},  # as the description counts
        {"external_id": "x", "title": "T", "year": 3000},
        {"external_id": "x", "title": "T", "genres": ["!"]},
        {"external_id": "x", "title": "T", "links": {"imdb": "7"}},
        {"external_id": "x", "title": "T", "links": 0},
    ],
)
def test_one_that_makes_no_sense_refuses_all(root: Any, item: dict[str, Any]) -> None:
    good = {"external_id": "k-1", "title": "Paper Moon"}
    answer = send(root, "admin", "put", FILMS, films(good, item))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][:4] == ["body", "body", "items", 1] or (
        answer.json()["errors"][0]["loc"][:3] == ["body", "items", 1]
    )
    assert not Movie.objects.exists()


def test_unknown_films_and_members_are_named(root: Any) -> None:
    send(root, "admin", "put", FILMS, films({"external_id": "k-1", "title": "Paper Moon"}))
    events = films(
        {"film": "k-1", "at": AT, "rating": 3},
        {"film": "k-2", "at": AT},
        {"film": "k-1", "at": AT, "member": "nobody"},
    )
    answer = send(root, "admin", "post", EVENTS, events)
    assert answer.status_code == 422
    places = [one["loc"][2:] for one in answer.json()["errors"]]
    assert places == [[1, "film"], [2, "member"]]
    assert not Rating.objects.exists()
