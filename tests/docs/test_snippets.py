"""Every snippet in the documentation is run as printed, or read by the parser of what it calls.

What can neither be run nor read, such as a line for somebody else's server, is printed as ``text``.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from catalog.models import Movie
from moviesite.accounts.tokens import create_token
from tests.recommender.world import World, build_world

from .commands import check, commands_of
from .pages import PAGES, ROOT, inline_code, name_of, snippets

API = ROOT / "docs" / "api.md"
EXTENDING = ROOT / "docs" / "extending.md"  # tests/faults/test_third_kind.py runs it
WITH_PYTHON = [page for page in PAGES if page not in (API, EXTENDING) and snippets(page, "python")]
SCRIPTS = [script for page in PAGES for script in snippets(page, "sh")]
STARTS = ("manage.py ", "make ", "python -m ", ".venv/bin/python ", "celery ", "torchrun ")
INLINE = [
    (name_of(page), code)
    for page in PAGES
    for code in dict.fromkeys(inline_code(page))
    if code.startswith(STARTS)
]
# Commands that change nothing and answer at once.
HARMLESS = (["recommend"], ["watch_next"], ["models", "list"])
LANGUAGES = {"python", "sh", "text", "json", ""}


@pytest.fixture
def one_thread() -> Iterator[None]:
    """The snippets' models are tiny: more threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("document", WITH_PYTHON, ids=name_of)
def test_python_runs_as_printed(
    document: Path, one_thread: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _run_all(document)


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_commands_can_be_read_by_what_they_call(script: Any) -> None:
    commands = commands_of(script.text)
    assert commands
    for words in commands:
        check(words)


@pytest.mark.parametrize(("document", "code"), INLINE)
def test_commands_in_the_text_can_be_read_too(document: str, code: str) -> None:
    [words] = commands_of(code)
    check(words)


def test_commands_that_change_nothing_answer(world: World) -> None:
    world.publish()
    get_user_model().objects.create_user("ml-latest-small-1", imported=True, is_active=False)
    for movie, title in zip(world.movies, ("Shallow Grave", "Twilight"), strict=False):
        folded = Movie.folded_titles(title, "")
        Movie.objects.filter(pk=movie.pk).update(title=title, search_title=folded)
    texts = [script.text for script in SCRIPTS] + [code for _, code in INLINE]
    managed = [
        words[words.index("manage.py") + 1 :]
        for text in texts
        for words in commands_of(text)
        if "manage.py" in words
    ]
    run = [words for words in managed if any(words[: len(one)] == one for one in HARMLESS)]
    assert {words[0] for words in run} == {one[0] for one in HARMLESS}
    for words in run:
        out = io.StringIO()
        call_command(*words, stdout=out, stderr=io.StringIO())
        assert out.getvalue().strip(), words


@pytest.fixture
def site(
    live_server: LiveServer, artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A running site with films 1 and 2, and what the page expects of its reader's shell."""
    cache.clear()
    world = build_world()
    for number in (1, 2):
        title = f"Toy Story {number}"
        values = {"title": title, "search_title": Movie.folded_titles(title, "")}
        movie, new = Movie.objects.update_or_create(pk=number, defaults=values)
        world.movies += [movie] if new else []
    world.publish()
    _, token = create_token(world.member("ada"), "docs")  # type: ignore[arg-type]
    monkeypatch.setenv("SITE", live_server.url)
    monkeypatch.setenv("TOKEN", token)
    yield
    cache.clear()


def test_the_python_examples_of_the_api_run_as_printed(site: None) -> None:
    _run_all(API)


def test_the_curl_examples_of_the_api_run_as_printed(site: None) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on PATH: install it to run the shell examples of docs/api.md")
    for script in snippets(API, "sh"):
        text = script.text.replace("curl ", "curl --silent --show-error --fail-with-body ")
        done = subprocess.run(["bash", "-euc", text], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
        assert "curl" not in text or "-X DELETE" in text or done.stdout.startswith("{"), script


def test_each_block_says_what_it_is() -> None:
    for page in PAGES:
        known = sum(len(snippets(page, language)) for language in LANGUAGES)
        fences = page.read_text(encoding="utf-8").count("\n```") // 2
        assert known == fences, f"{name_of(page)} has a block in another language than {LANGUAGES}"


def _run_all(page: Path) -> None:
    """The page's Python, block after block, in one namespace; errors name the page's line."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for snippet in snippets(page, "python"):
        padded = "\n" * (snippet.line - 1) + snippet.text
        exec(compile(padded, str(page), "exec"), namespace)  # noqa: S102
