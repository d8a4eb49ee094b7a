"""A visitor and a member who walk through the main pages of a web process of the tests."""

from __future__ import annotations

import json
from pathlib import Path

import requests
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders

from catalog.models import Movie
from tests.faults.behaviour import PASSWORD
from tests.recommender.world import World

PATIENCE = 15  # seconds for one page, on a machine that is busy with other tests
OF_VISITORS = [
    "/",
    "/movies/",
    "/movies/?q=film",
    "/search/?q=film",
    "/watch-next/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/api/v1/movies",
]
OF_MEMBERS = [
    "/",
    "/movies/",
    "/ratings/",
    "/watchlist/",
    "/diary/",
    "/lists/",
    "/friends/",
    "/taste/",
    "/together/",
    "/import/",
    "/media-servers/",
    "/accounts/profile/",
    "/accounts/sessions/",
]


def write_manifest(folder: Path) -> Path:
    """The names of all static files, as pages need them; the files themselves nobody asks for."""
    names = [name for finder in get_finders() for name, _ in finder.list([])]
    folder.mkdir()
    manifest = {"paths": {name: name for name in names}, "version": "1.1", "hash": ""}
    (folder / "staticfiles.json").write_text(json.dumps(manifest))
    return folder


class Visit:
    """Somebody's browser at the address of a web process."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.browser.get(self.address + path, timeout=PATIENCE, allow_redirects=False)

    def post(self, path: str, **fields: object) -> requests.Response:
        token = self.browser.cookies.get("csrftoken") or self._token()
        return self.browser.post(
            self.address + path,
            data={**fields, "csrfmiddlewaretoken": token},
            timeout=PATIENCE,
            allow_redirects=False,
        )

    def _token(self) -> str:
        return self.get("/accounts/login/").cookies["csrftoken"]

    def log_in(self, name: str) -> requests.Response:
        return self.post("/accounts/login/", login=name, password=PASSWORD)


def add_member(name: str) -> None:
    get_user_model().objects.create_user(name, f"{name}@example.org", PASSWORD)


def failures(address: str, member: Visit) -> dict[str, int]:
    """Pages that are not answered as they should be, with their status."""
    visitor = Visit(address)
    film = Movie.objects.order_by("pk")[0]
    seen = {path: visitor.get(path).status_code for path in [*OF_VISITORS, film.get_absolute_url()]}
    seen |= {f"member {path}": member.get(path).status_code for path in OF_MEMBERS}
    answer = visitor.browser.post(
        f"{address}/api/v1/watch-next", json={"movies": [film.pk], "n": 3}, timeout=PATIENCE
    )
    seen["the anonymous API"] = answer.status_code
    return {path: status for path, status in seen.items() if status != 200}


def rate(member: Visit, world: World, stars: str) -> int:
    return member.post(f"/movies/{world.movies[0].pk}/rate/", rating=stars).status_code
