"""New versions go live while members read and rate over HTTP: no request is lost."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests
from django.contrib.auth import get_user_model
from django.test import Client

from recommender.models import ModelVersion
from tests.faults.conftest import ROOT, Processes, wait_until
from tests.recommender.test_serving import damage
from tests.recommender.world import World

MEMBERS = 4
SWAPS = 5
TOKEN = "a" * 32
PAGES = ("/", "/api/v1/me/recommendations", "/watch-next/", "/api/v1/me/watch-next")


class Member(threading.Thread):
    """Reads all pages in turn and rates in between, as fast as the site answers."""

    def __init__(self, address: str, key: str, films: list[int], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.address, self.films, self.stop = address, films, stop
        self.client = requests.Session()
        self.client.cookies.update({"sessionid": key, "csrftoken": TOKEN})
        self.client.headers["X-CSRFToken"] = TOKEN
        self.answers = 0
        self.failures: list[str] = []
        self.versions: set[str] = set()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self._round()
        except Exception as error:  # noqa: BLE001  whatever it is, the test must tell it
            self.failures.append(repr(error))

    def _round(self) -> None:
        for page in PAGES:
            answer = self.client.get(self.address + page, timeout=30)
            self._count(page, answer)
            if page.startswith("/api/") and answer.ok:
                self.versions.add(answer.json()["version"])
        film = self.films[self.answers % len(self.films)]
        rating = f"{self.address}/api/v1/me/ratings/{film}"
        self._count("rating", self.client.put(rating, json={"rating": 4.5}, timeout=30))

    def _count(self, what: str, answer: requests.Response) -> None:
        self.answers += 1
        if answer.status_code != 200:
            self.failures.append(f"{what}: {answer.status_code}")


def test_no_request_is_lost(processes: Processes, rated_world: World, artifacts: Path) -> None:
    """
    GIVEN members who read and rate without a pause
    WHEN versions go live one after the other, one of them damaged, and old ones are removed
    THEN every request is answered, each list by a live model, the last by the last whole version
    """
    old = rated_world.publish()
    collect_static(processes)
    address = processes.web("web")
    stop = threading.Event()
    members = [
        Member(address, session_of(rated_world, place), rated_world.even[:12], stop)
        for place in range(MEMBERS)
    ]
    for member in members:
        member.start()
    try:
        for swap in range(SWAPS):
            new = rated_world.publish()
            if swap == 1:
                damage(artifacts, new[0])
                time.sleep(2)
                continue
            wait_until(lambda: served(address) == labels(new))  # noqa: B023
            for version in old:
                shutil.rmtree(artifacts / version.artifact)
            old = new
    finally:
        stop.set()
        for member in members:
            member.join(60)

    assert [failure for member in members for failure in member.failures] == []
    versions = set.union(*(member.versions for member in members))
    print(f"{sum(member.answers for member in members)} answers by {sorted(versions)}")
    assert all(member.answers > len(PAGES) for member in members)
    assert "popularity" not in versions
    assert len({version for version in versions if "+" in version}) >= SWAPS - 1


def collect_static(processes: Processes) -> None:
    """Pages name the static files as they were collected."""
    processes.environment["MATINEE_VAR"] = str(processes.folder)
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, env=processes.environment, cwd=ROOT, check=True)


def session_of(world: World, place: int) -> str:
    user, _ = get_user_model().objects.get_or_create(
        username=f"member{place}", defaults={"email": f"member{place}@example.org"}
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = TOKEN
    for film in world.even[20:24]:
        rated = client.put(
            f"/api/v1/me/ratings/{film}",
            {"rating": 4},
            content_type="application/json",
            headers={"X-CSRFToken": TOKEN},
        )
        assert rated.status_code == 200
    return client.cookies["sessionid"].value


def served(address: str) -> set[str]:
    models = requests.get(f"{address}/health/ready", timeout=30).json()["models"]
    return {str(model and model["version"]) for model in models.values()}


def labels(versions: list[ModelVersion]) -> set[str]:
    return {f"{version.kind}/{version.pk}" for version in versions}
