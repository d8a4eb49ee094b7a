"""The next release takes the place of this one while members read and rate."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.behaviour import PASSWORD
from tests.faults.local_run import free_port
from tests.faults.site_pages import Visit
from tests.moviesite.backup.conftest import connected_to
from tests.upgrade.conftest import ROOT, must, run
from tests.upgrade.next_release.middleware import HEADER

NEXT = "tests.upgrade.next_release.settings"
PATIENCE = 90.0
MEMBERS = 3
PAUSE = 0.1  # seconds; without one, members only kept the processors from what they wait for
PAGES = ("/", "/movies/", "/ratings/")


class Web:
    """One web process of the site at an address that stays, whatever release it runs."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "python:moviesite.gunicorn_conf"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", "1", "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env={**self.environment, **more},
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self.release() is not None)

    def release(self) -> str | None:
        """What it calls itself; none while nobody answers."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return ask(self.port, "GET", "/health/live", {})[1].get(HEADER, "this")
        except ConnectionRefusedError:
            return None

    def stop(self) -> None:
        """As its supervisor does, which waits for what it has begun."""
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(30) == 0
            self.process = None


class Member(threading.Thread):
    """Reads and rates with short pauses, and goes to the other address as a proxy does.

    nginx and Caddy ask the next server when one cannot be connected to, and, for what may be asked
    twice, when the connection breaks before an answer.
    """

    def __init__(self, webs: list[Web], cookies: dict[str, str], films: list[int]) -> None:
        super().__init__(daemon=True)
        self.ports = itertools.cycle([web.port for web in webs])
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
            "Content-Type": "application/json",
        }
        self.films = films
        self.told_to_stop = threading.Event()
        self.happened: Counter[str] = Counter()
        self.failures: list[str] = []
        self.acknowledged: dict[int, int] = {}

    def run(self) -> None:
        try:
            for turn in itertools.count():
                if self.told_to_stop.is_set():
                    return
                self._round(self.films[turn % len(self.films)], 1 + turn % 10)
                self.told_to_stop.wait(PAUSE)
        except Exception as error:  # noqa: BLE001  whatever it is, the test must tell it
            self.failures.append(repr(error))

    def _round(self, film: int, half_stars: int) -> None:
        for page in PAGES:
            self._ask("GET", page)
        body = json.dumps({"rating": half_stars / 2}).encode()
        if self._ask("PUT", f"/api/v1/me/ratings/{film}", body):
            self.acknowledged[film] = half_stars

    def _ask(self, method: str, path: str, body: bytes = b"") -> bool:
        for port in itertools.islice(self.ports, 2):
            try:
                status, headers = ask(port, method, path, self.headers, body)
            except ConnectionRefusedError:
                self.happened["refused"] += 1
            except ConnectionError:  # closed before an answer
                self.happened["broken"] += 1
            else:
                self.happened[headers.get(HEADER, "this")] += 1
                if status != 200:
                    self.failures.append(f"{method} {path}: {status}")
                return status == 200
        self.failures.append(f"{method} {path}: nobody answered")
        return False


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, dict(answer.getheaders())
    finally:
        connection.close()


@pytest.fixture
def ratings_put_back(site: dict[str, str]) -> Iterator[None]:
    """What is rated here, and so hidden no longer, is gone afterwards: other tests look at it."""
    name, tables = site["DATABASE_NAME"], ("catalog_rating", "catalog_hiddenmovie")
    for table in tables:
        execute(name, f"CREATE TABLE {table}_before AS SELECT * FROM {table}")  # noqa: S608
    yield
    for table in tables:
        execute(
            name,
            f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {table}_before;"  # noqa: S608
            f" DROP TABLE {table}_before",
        )


def execute(database: str, statements: str) -> None:
    with connected_to(database) as connected, connected.cursor() as cursor:
        cursor.execute(statements)
        connected.commit()


@pytest.mark.usefixtures("ratings_put_back")
def test_nobody_waits_and_nothing_is_lost(site: dict[str, str], tmp_path: Path) -> None:
    """
    GIVEN members who read and rate at two web processes
    WHEN the next release's migrations run, and each process is replaced in turn
    THEN each request is answered, by both releases, and each acknowledged rating is there
    """
    environment = {**site, "OMP_NUM_THREADS": "1", "MATINEE_API_RATE": "0"}
    following = {"DJANGO_SETTINGS_MODULE": NEXT, "PGOPTIONS": "-c lock_timeout=5s"}
    with web_processes(tmp_path, environment) as webs, members_at(webs, site) as members:
        wait_for_answers(members, "this")
        must(run("manage.py", "migrate", "--verbosity", "0", environment=environment | following))
        wait_for_answers(members, "this")
        for web in webs:
            web.stop()
            web.start(DJANGO_SETTINGS_MODULE=NEXT)
        wait_for_answers(members, "next")

    print(sum((member.happened for member in members), Counter()))
    assert [failure for member in members for failure in member.failures] == []
    with connected_to(site["DATABASE_NAME"]) as connected, connected.cursor() as cursor:
        cursor.execute(
            "SELECT movie_id, half_stars FROM catalog_rating r JOIN accounts_user u"
            " ON u.id = r.user_id WHERE u.username = 'ada'"
        )
        kept = dict(cursor.fetchall())
    for member in members:
        assert member.acknowledged.items() <= kept.items()


@contextmanager
def web_processes(folder: Path, environment: dict[str, str]) -> Iterator[list[Web]]:
    webs = [Web(name, folder, environment) for name in ("one", "two")]
    try:
        for web in webs:
            web.start()
        yield webs
    finally:
        for web in webs:
            web.stop()
        back = {**environment, "DJANGO_SETTINGS_MODULE": NEXT}
        must(run("manage.py", "migrate", "next_release", "zero", environment=back))


@contextmanager
def members_at(webs: list[Web], site: dict[str, str]) -> Iterator[list[Member]]:
    """Ada in several browsers, each of which rates films of its own."""
    words = ("user", "password", "ada", "--password-file", "-")
    must(run("manage.py", *words, environment=site, told=PASSWORD.encode()))
    ada = Visit(f"http://127.0.0.1:{webs[0].port}")
    assert ada.log_in("ada").status_code == 302
    with connected_to(site["DATABASE_NAME"]) as connected, connected.cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_movie ORDER BY id")
        films = [film for (film,) in cursor.fetchall()]
    members = [
        Member(webs, ada.browser.cookies.get_dict(), films[place::MEMBERS])
        for place in range(MEMBERS)
    ]
    for member in members:
        member.start()
    try:
        yield members
    finally:
        for member in members:
            member.told_to_stop.set()
        for member in members:
            member.join(60)


def wait_for_answers(members: list[Member], release: str, count: int = 20) -> None:
    """Until each member has so many more of a release, or one of them has failed."""
    wanted = [member.happened[release] + count for member in members]
    wait_until(
        lambda: (
            any(member.failures for member in members)
            or all(
                member.happened[release] >= count
                for member, count in zip(members, wanted, strict=True)
            )
        )
    )


def wait_until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {patience:.0f} s")
        time.sleep(0.05)
