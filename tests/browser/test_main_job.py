"""The main job, by a person in a browser, on the whole site as ``make run`` starts it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import psutil
import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 600.0  # loading the data and training both models, on two busy cores
RETRAIN_AFTER = 6
RETRAIN_SECONDS = 300.0
FAVOURITES = ("Toy Story", "Alien", "Jurassic Park", "Fargo", "Pulp Fiction")
ONE_MORE = "Apollo 13"

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def site(first_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of its own: supervisor, servers, web, workers and schedule."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    var = tmp_path_factory.mktemp("var")
    inherited = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
    inherited.pop("SECRET_KEY", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "moviesite.local"],
        cwd=ROOT,
        env={
            **inherited,
            "PORT": str(port),
            "MATINEE_VAR": str(var),
            "MATINEE_DATASET": str(first_data),
            "MATINEE_RETRAIN_AFTER": str(RETRAIN_AFTER),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        said = wait_for_ready_line(process, f"Matinee is ready: {address}/")
        # Of local runs under test this alone begins with nothing.
        assert any("Bringing the database up to date" in line for line in said)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def wait_for_ready_line(process: "subprocess.Popen[str]", line: str) -> list[str]:
    assert process.stdout is not None
    said = []
    deadline = time.monotonic() + START_SECONDS
    for said_line in process.stdout:
        said.append(said_line)
        if said_line.strip() == line:
            return said
        if time.monotonic() > deadline:
            break
    pytest.fail(f"the site did not say {line!r}; it said:\n{''.join(said)}")


def live_versions(site: str) -> dict[str, str]:
    with urlopen(f"{site}/health/ready", timeout=10) as answer:  # noqa: S310
        models = json.load(answer)["models"]
    return {kind: str(model and model["version"]) for kind, model in models.items()}


def serving(site: str) -> set[tuple[int, float]]:
    """Process id and start time of the web server and its workers."""
    address = site.removeprefix("http://")
    return {
        (process.pid, process.create_time())
        for process in psutil.process_iter(["cmdline"])
        if {"gunicorn", address} <= set(process.info["cmdline"] or [])
    }


def first_found(site: str, title: str) -> int:
    asked = f"{site}/api/v1/movies?search={quote(title)}&limit=1"
    with urlopen(asked, timeout=10) as answer:  # noqa: S310
        return int(json.load(answer)["items"][0]["id"])


def sign_up(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/accounts/signup/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email").fill(f"{name}@matinee.example")
    page.get_by_label("Password", exact=True).fill("a-long-and-calm-evening-42")
    page.get_by_role("main").get_by_role("button", name=re.compile("sign up", re.I)).click()
    page.wait_for_url(f"{site}/welcome/")


def rate(page: Page, site: str, title: str, stars: float) -> str:
    """Find the film by its title and rate it on its page; its address."""
    page.goto(f"{site}/movies/?q={title}")
    link = page.get_by_role("main").get_by_role("link", name=title, exact=True).first
    link.click()
    page.wait_for_url(re.compile(r"/movies/\d+-"))
    star = page.locator(f'[data-stars] input[type=radio][value="{stars:.1f}"]').first
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        star.check(force=True)
    assert saved.value.ok
    return page.url


def film_paths(page: Page) -> set[str]:
    """The addresses of all films on the page, without the host."""
    links = page.get_by_role("main").locator('a[href^="/movies/"]')
    hrefs = links.evaluate_all("nodes => nodes.map(node => node.getAttribute('href'))")
    return {href for href in hrefs if re.match(r"/movies/\d+-", href)}


def eventually(found: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds:.0f} s")
        time.sleep(1)


def test_from_sign_up_to_a_retrained_model(page: Page, site: str) -> None:
    """
    GIVEN the site on the data that it finds by itself, with a live model of each kind
    WHEN somebody signs up, skips the first films to rate, and rates five others
    THEN home shows personal picks and "watch next" without those films
    AND WHEN one more rating reaches the retraining threshold
    THEN a new version of each model is live, in the same web processes
    """
    before = live_versions(site)
    assert all(version != "None" for version in before.values())
    web_processes = serving(site)
    assert len(web_processes) >= 2

    sign_up(page, site, "ida")
    expect(page.locator("article.ask").first).to_be_visible()
    page.get_by_role("link", name="Skip for now").click()
    page.wait_for_url(f"{site}/")
    rated = {rate(page, site, title, 4.5).removeprefix(site) for title in FAVOURITES}
    assert len(rated) == len(FAVOURITES)

    page.goto(site)
    expect(page.get_by_role("heading", name=re.compile("watch next", re.I)).first).to_be_visible()
    first = film_paths(page)
    assert len(first) >= 20
    assert not first & rated
    assert live_versions(site) == before, "five ratings must not retrain yet"

    sixth = rate(page, site, ONE_MORE, 5.0).removeprefix(site)
    page.goto(site)
    second = film_paths(page)
    assert sixth not in second
    assert second != first, "a rating changes the very next page"

    eventually(
        lambda: all(live_versions(site)[kind] != before[kind] for kind in before),
        RETRAIN_SECONDS,
        "a new live version of each model",
    )
    assert serving(site) == web_processes, "nobody restarted the web"
    page.reload()
    after = film_paths(page)
    assert len(after) >= 20
    assert not after & {*rated, sixth}


def test_watch_next_without_an_account(page: Page, site: str) -> None:
    """GIVEN a visitor WHEN the address names two films THEN others follow, without an account."""
    ids = [first_found(site, title) for title in FAVOURITES[:2]]
    page.goto(f"{site}/watch-next/?movie={ids[0]}&movie={ids[1]}")
    results = {int(path.split("/")[2].split("-")[0]) for path in film_paths(page)}
    assert len(results - set(ids)) >= 10
