"""The JSON API."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalog.models import HiddenMovie, Movie, Rating
from moviesite.accounts.models import ApiToken
from moviesite.accounts.tokens import create_token
from tests.recommender.world import RATINGS_OF_EACH, World

JSON = "application/json"
MOVIE_FIELDS = {
    "id",
    "title",
    "original_title",
    "year",
    "genres",
    "runtime",
    "poster_url",
    "links",
    "average_rating",
    "local_title",
    "rating_count",
}
MEMBERS_ONLY = [
    ("get", "/api/v1/me/recommendations"),
    ("get", "/api/v1/me/watch-next"),
    ("get", "/api/v1/me/ratings"),
    ("put", "/api/v1/me/ratings/1"),
    ("delete", "/api/v1/me/ratings/1"),
    ("get", "/api/v1/me/seen"),
    ("put", "/api/v1/me/seen/1"),
    ("delete", "/api/v1/me/seen/1"),
]


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def client(world: World) -> Client:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def put(client: Client, movie: int, rating: Any, **extra: Any) -> Any:
    return client.put(f"/api/v1/me/ratings/{movie}", {"rating": rating}, content_type=JSON, **extra)


def test_movies_are_listed_in_pages(client: Client) -> None:
    first = client.get("/api/v1/movies?limit=5").json()
    second = client.get("/api/v1/movies?limit=5&offset=5").json()
    assert first["count"] == second["count"] == 60
    assert len(first["items"]) == 5
    assert not {m["id"] for m in first["items"]} & {m["id"] for m in second["items"]}
    assert set(first["items"][0]) == MOVIE_FIELDS


def test_movies_are_searched(client: Client) -> None:
    found = client.get("/api/v1/movies", {"search": "film 07", "limit": 3}).json()
    assert found["items"][0]["title"] == "Film 07"
    assert found["count"] >= 1
    assert client.get("/api/v1/movies", {"search": "film 07", "offset": 500}).json()["items"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "limit=x"])
def test_a_page_out_of_bounds_is_unprocessable(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/movies?{query}").status_code == 422


def test_one_movie(client: Client, world: World) -> None:
    movie = world.movies[0]
    Movie.objects.filter(pk=movie.pk).update(poster_path="/poster.jpg")
    answer = client.get(f"/api/v1/movies/{movie.pk}").json()
    assert set(answer) == MOVIE_FIELDS | {"directors", "cast"}
    assert answer["genres"] == ["Drama"]
    assert answer["links"] == {"movielens": 1, "imdb": None, "tmdb": None}
    count = RATINGS_OF_EACH + 1
    assert answer["average_rating"] == pytest.approx((3.5 * RATINGS_OF_EACH + 5) / count, abs=1e-3)
    assert answer["rating_count"] == count
    assert answer["poster_url"] == "http://testserver/images/w342/poster.jpg"


def test_a_movie_without_links(client: Client) -> None:
    movie = Movie.objects.create(title="Alone")
    links = client.get(f"/api/v1/movies/{movie.pk}").json()["links"]
    assert links == {"movielens": None, "imdb": None, "tmdb": None}


def test_similar_movies_are_of_the_same_taste(client: Client, world: World) -> None:
    answer = client.get(f"/api/v1/movies/{world.even[3]}/similar?n=4").json()
    ids = [item["movie"]["id"] for item in answer["items"]]
    assert len(ids) == answer["count"] == 4
    assert world.even[3] not in ids
    assert set(ids) <= set(world.even)


@pytest.mark.parametrize("path", ["", "/similar"])
@pytest.mark.parametrize("pk", [999_999_999, 2**63 - 1])
def test_an_unknown_movie_is_not_found(client: Client, path: str, pk: int) -> None:
    answer = client.get(f"/api/v1/movies/{pk}{path}")
    assert answer.status_code == 404
    assert "detail" in answer.json()


def test_a_number_that_no_key_can_have_is_no_server_error(client: Client) -> None:
    assert client.get(f"/api/v1/movies/{2**63}").status_code == 422


@pytest.mark.parametrize("name", ["recommendations", "watch-next"])
def test_recommendations_have_movies_scores_predictions_and_reasons(
    client: Client, world: World, name: str
) -> None:
    answer = client.get(f"/api/v1/me/{name}?n=7").json()
    assert answer["count"] == len(answer["items"]) == 7
    assert answer["version"]
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    rated = {movie.pk for movie in world.movies[:6]}
    for item in answer["items"]:
        assert set(item["movie"]) == MOVIE_FIELDS
        assert item["movie"]["id"] not in rated
        assert 0.5 <= item["predicted_rating"] <= 5.0
        assert {reason["movie"]["id"] for reason in item["reasons"]} <= rated


@pytest.mark.parametrize("n", ["0", "101", "-1", "many"])
def test_how_many_is_bounded(client: Client, n: str) -> None:
    assert client.get(f"/api/v1/me/recommendations?n={n}").status_code == 422


def test_a_rating_shows_in_the_next_recommendations(client: Client) -> None:
    address = "/api/v1/me/recommendations"
    best = client.get(address).json()["items"][0]["movie"]["id"]
    assert put(client, best, 0.5).status_code == 200
    assert best not in [item["movie"]["id"] for item in client.get(address).json()["items"]]
    assert client.delete(f"/api/v1/me/ratings/{best}").status_code == 204
    assert client.get(address).json()["items"][0]["movie"]["id"] == best


def recommended(client: Client, name: str) -> list[int]:
    answer = client.get(f"/api/v1/me/{name}?n=60").json()
    return [item["movie"]["id"] for item in answer["items"]]


def test_what_is_marked_is_recommended_no_more(client: Client) -> None:
    for name in ("recommendations", "watch-next"):
        best = recommended(client, name)[0]
        assert client.put(f"/api/v1/me/seen/{best}", {}, content_type=JSON).status_code == 200
        assert best not in recommended(client, name)
        client.delete(f"/api/v1/me/seen/{best}")
        assert recommended(client, name)[0] == best


def test_ratings_are_put_listed_and_deleted(client: Client, world: World) -> None:
    movie = world.movies[30].pk
    answer = put(client, movie, 4.5)
    assert answer.status_code == 200
    assert answer.json()["rating"] == 4.5
    assert answer.json()["movie"]["id"] == movie
    assert put(client, movie, 3).json()["rating"] == 3.0
    listed = client.get("/api/v1/me/ratings?limit=2").json()
    assert listed["count"] == 7
    assert listed["items"][0]["movie"]["id"] == movie
    assert len(listed["items"]) == 2
    assert client.delete(f"/api/v1/me/ratings/{movie}").status_code == 204
    assert client.delete(f"/api/v1/me/ratings/{movie}").status_code == 204
    assert client.get("/api/v1/me/ratings").json()["count"] == 6


@pytest.mark.parametrize("rating", [0, 0.25, 4.75, 5.5, -1, "good", None, "NaN", 1e300, True, [4]])
def test_anything_but_half_stars_is_unprocessable(
    client: Client, world: World, rating: Any
) -> None:
    answer = put(client, world.movies[30].pk, rating)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert not Rating.objects.filter(movie=world.movies[30]).exists()


def test_rating_an_unknown_movie_is_not_found(client: Client) -> None:
    assert put(client, 999_999_999, 4).status_code == 404
    assert client.delete("/api/v1/me/ratings/999999999").status_code == 404


def test_rating_a_hidden_film_shows_it_again(client: Client, world: World) -> None:
    HiddenMovie.objects.create(user_id=Rating.objects.first().user_id, movie=world.movies[30])  # type: ignore[union-attr]
    put(client, world.movies[30].pk, 4)
    assert not HiddenMovie.objects.exists()


@pytest.mark.parametrize(("method", "address"), MEMBERS_ONLY)
def test_members_pages_answer_401_in_json(world: World, method: str, address: str) -> None:
    answer = getattr(Client(), method)(address, content_type=JSON)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Unauthorized"


def test_a_session_needs_a_csrf_token_to_change_something(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.member())
    movie = world.movies[0].pk
    assert put(client, movie, 4).status_code == 403
    client.get(reverse("account_login"))
    client.cookies["csrftoken"] = "a" * 32
    assert put(client, movie, 4, headers={"X-CSRFToken": "a" * 32}).status_code == 200


def test_a_token_needs_neither_session_nor_csrf(world: World) -> None:
    ada = world.member()
    token, text = create_token(ada, "script")
    client = Client(enforce_csrf_checks=True)
    bearer = {"Authorization": f"Bearer {text}"}
    assert put(client, world.movies[0].pk, 4, headers=bearer).status_code == 200
    assert Rating.objects.get().user == ada
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert text not in token.token_hash


def test_wrong_tokens_and_those_of_inactive_members_are_refused(world: World) -> None:
    ada = world.member()
    _, text = create_token(ada, "script")

    def status(text: str) -> int:
        headers = {"Authorization": f"Bearer {text}"}
        return Client().get("/api/v1/me/ratings", headers=headers).status_code

    assert status(text) == 200
    assert status(text + "x") == 401
    ada.is_active = False
    ada.save()
    assert status(text) == 401
    ada.is_active = True
    ada.save()
    ApiToken.objects.all().delete()
    assert status(text) == 401


def post_watch_next(body: Any, client: Client | None = None) -> Any:
    return (client or Client()).post("/api/v1/watch-next", body, content_type=JSON)


def test_anybody_may_ask_what_to_watch_next(client: Client, world: World) -> None:
    asked = [world.odd[4], world.odd[5]]
    answer = post_watch_next({"movies": asked, "n": 3}, Client(enforce_csrf_checks=True))
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert len(items) == 3
    assert {item["movie"]["id"] for item in items} <= set(world.odd) - set(asked)
    assert items[0]["predicted_rating"] is None
    assert {reason["movie"]["id"] for reason in items[0]["reasons"]} <= set(asked)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"movies": "1"},
        {"movies": [0]},
        {"movies": [1], "n": 0},
        {"movies": [1] * 1001},
        {"movies": [True]},
        [],
    ],
)
def test_a_request_that_makes_no_sense_is_unprocessable(client: Client, body: Any) -> None:
    assert post_watch_next(body).status_code == 422


def test_films_that_are_not_known_are_passed_over(client: Client, world: World) -> None:
    answer = post_watch_next({"movies": [999_999_999, world.even[2]]}).json()
    assert {item["movie"]["id"] for item in answer["items"]} <= set(world.even)
    assert post_watch_next({"movies": []}).json()["version"] == "popularity"


def test_anonymous_requests_are_throttled(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [post_watch_next({"movies": []}).status_code for _ in range(121)]
    assert codes == [200] * 120 + [429]


def test_the_api_describes_itself(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert set(paths) >= {
        "/api/v1/movies",
        "/api/v1/movies/{movie_id}",
        "/api/v1/movies/{movie_id}/similar",
        "/api/v1/people",
        "/api/v1/people/{person_id}",
        "/api/v1/me/recommendations",
        "/api/v1/me/watch-next",
        "/api/v1/me/ratings",
        "/api/v1/me/ratings/{movie_id}",
        "/api/v1/me/seen",
        "/api/v1/me/seen/{movie_id}",
        "/api/v1/watch-next",
        "/api/v1/elsewhere",
        "/api/v1/film-requests",
        "/api/v1/film-requests/{request_id}",
    }
    # Generated clients name their methods after these: they stay when code moves.
    operations = {one["operationId"] for path in paths.values() for one in path.values()}
    assert operations >= {
        "recommender_api_movies_list_movies",
        "recommender_api_movies_get_movie",
        "recommender_api_movies_similar_movies",
        "catalog_api_people_list_people",
        "catalog_api_people_get_person",
        "recommender_api_me_recommendations",
        "recommender_api_me_watch_next",
        "recommender_api_me_list_ratings",
        "recommender_api_me_put_rating",
        "recommender_api_me_delete_rating",
        "recommender_api_watch_next_watch_next",
        "recommender_api_me_list_seen",
        "recommender_api_me_put_seen",
        "recommender_api_me_delete_seen",
        "catalog_api_film_requests_search_elsewhere",
        "catalog_api_film_requests_add_film",
        "catalog_api_film_requests_get_request",
    }


def test_recommendations_take_at_most_six_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/api/v1/me/recommendations")
    for name in ("recommendations", "watch-next"):
        with django_assert_max_num_queries(6):
            client.get(f"/api/v1/me/{name}?n=50")
