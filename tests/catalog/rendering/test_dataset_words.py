"""Every sentence of an import can be said in other languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from catalog.rendering import dataset_words
from catalog.rendering.dataset_words import column_in_words, in_readers_words, is_known

CATALOG = Path(dataset_words.__file__).parents[1]
SAYING = ("DatasetError", "DownloadError", "NoTimeError", "InvalidRatingError", "say")
SAYING += ("ImportRunningError", "NotAllowedError")


def sample(node: ast.expr) -> str | None:
    """The text of an expression, with something where it differs from time to time."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(sample(part) or "x1" for part in node.values)
    if isinstance(node, ast.FormattedValue) and ast.unparse(node.value) == "told":
        return ": x1"
    return None


def sentences() -> Iterator[tuple[str, str]]:
    """Where the code of imports says something, and what."""
    for path in sorted([*CATALOG.glob("datasets/*.py"), *CATALOG.glob("dataset_import/*.py")]):
        for node in ast.walk(ast.parse(path.read_text())):
            said: ast.expr | None = None
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in SAYING and node.args:
                    said = node.args[0]
                elif name == "reject":
                    said = node.args[3]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in (
                "reason",
                "job.refusal",
            ):
                said = node.value
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("remarks"):
                said = node.slice
            if said is not None and (text := sample(said)):
                yield f"{path.name}:{node.lineno}", text


SENTENCES = dict(sentences())


def test_the_code_is_read() -> None:
    assert len(SENTENCES) > 60


@pytest.mark.parametrize("place", sorted(SENTENCES))
def test_what_an_import_says_is_known(place: str) -> None:
    assert is_known(SENTENCES[place]), SENTENCES[place]


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("movies", "Filme"),
        ("… columns instead of 4", "… Spalten statt 4"),
        ("5 columns instead of 4", "5 Spalten statt 4"),
        ("a sentence from an older version", "a sentence from an older version"),
        ("100% of it", "100% of it"),
    ],
)
def test_a_sentence_is_said_in_the_readers_language(
    english: str, german: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {
        "movies": "Filme",
        "… columns instead of %(wanted)s": "… Spalten statt %(wanted)s",
        "%(n)s columns instead of %(wanted)s": "%(n)s Spalten statt %(wanted)s",
    }
    monkeypatch.setattr(dataset_words, "gettext", lambda text: words.get(text, text))
    assert in_readers_words(english) == german


@pytest.mark.parametrize("said", ["is no whole number", "is no whole number, or was there already"])
def test_reports_of_earlier_releases_are_known(said: str) -> None:
    with override("de"):
        assert in_readers_words(f"the movie 'x' {said}").startswith(
            "der Film 'x' ist keine ganze Zahl"
        )


def test_a_step_names_the_file_that_is_read() -> None:
    assert in_readers_words("Reading ratings: ratings.csv") == "Reading ratings: ratings.csv"
    assert column_in_words("movies: release_date") == "Movies: release date"
    assert column_in_words("movies: imdb_id") == "Movies: imdb id"
