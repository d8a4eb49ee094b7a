"""ETags: nothing is sent twice, and nothing is written over what the client has not seen."""

from django.test import Client

from catalog.models import Rating
from tests.recommender.world import World

JSON = "application/json"


def test_what_the_client_has_is_not_sent_again(member: Client) -> None:
    first = member.get("/api/v1/me/ratings")
    tag = first["ETag"]
    again = member.get("/api/v1/me/ratings", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == tag
    other = member.get("/api/v1/me/ratings?limit=1", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert "private" in first["Cache-Control"]
    assert "Authorization" in first["Vary"]


def test_only_what_the_client_has_seen_is_changed(member: Client, world: World) -> None:
    address = f"/api/v1/me/ratings/{world.movies[0].pk}"
    tag = member.get(address)["ETag"]
    seen = {"If-Match": tag}
    assert member.put(address, {"rating": 2}, content_type=JSON, headers=seen).status_code == 200
    late = member.put(address, {"rating": 1}, content_type=JSON, headers=seen)
    assert late.status_code == 412
    assert member.delete(address, headers=seen).status_code == 412
    assert Rating.objects.get(movie=world.movies[0]).stars == 2
    anything = {"If-Match": "*"}
    assert member.delete(address, headers=anything).status_code == 204
    assert member.delete(address, headers=anything).status_code == 412, "nothing is there"
