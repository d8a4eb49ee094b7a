"""`manage.py import_dataset`: what it prints, and how it fails."""

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalog.models import Rating
from tests.catalog import dataset_files as files

pytestmark = pytest.mark.django_db

MOVIES = [(10, "GoldenEye (1995)", "Action")]


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("import_dataset", *arguments, stdout=output)
    return output.getvalue()


def numbers(output: str, kind: str) -> list[str]:
    line = next(line for line in output.splitlines() if re.match(rf"\W+{kind}\b", line))
    return re.findall(r"[\d,]+", line)


def test_the_summary_counts_and_lists_what_was_rejected(tmp_path: Path) -> None:
    ratings = [(1, 10, 4, 1), (1, 10, 3.3, 1), (2, 10, 4, 1), (3, 10, 4, 1)]
    ratings += [(2, 10, 0, 1), (2, 10, "?", 1)]
    folder = files.movielens(tmp_path / "ml-x", ratings=ratings, movies=MOVIES)
    output = run(str(folder), "--show", "2")
    assert numbers(output, "ratings") == ["6", "3", "0", "3"]
    assert numbers(output, "raters") == ["3", "3", "0", "0"]
    assert "ratings.csv, line 3: rating must be a half-star from 0.5 to 5.0, got '3.3'" in output
    assert "... and 1 more rejected rows" in output
    assert "Nothing changed" not in output
    output = run(str(folder))
    assert numbers(output, "ratings") == ["6", "0", "0", "3"]
    assert "Nothing changed: what could be read was there already." in output


def test_no_progress_bar_where_nobody_looks(tmp_path: Path) -> None:
    output = run(str(files.movielens(tmp_path / "ml-x", ratings=[(1, 10, 4, 1)], movies=MOVIES)))
    assert "\x1b" not in output
    assert "━━ " not in output.split("┏")[0]


def test_a_name_keeps_two_editions_apart(tmp_path: Path) -> None:
    folder = files.movielens(tmp_path / "ml-x", ratings=[(1, 10, 4, 1)], movies=MOVIES)
    run(str(folder), "--name", "first")
    run(str(folder), "--name", "Second's 100%")
    names = Rating.objects.values_list("user__username", flat=True)
    assert set(names) == {"first-1", "seconds-100-1"}


def test_another_edition_under_the_same_name_is_noticed(tmp_path: Path) -> None:
    movies = [*MOVIES, (20, "Heat (1995)", "Crime")]
    folder = files.movielens(tmp_path / "ml-x", ratings=[(1, 10, 4, 1)], movies=movies)
    assert "edition" not in run(str(folder))
    assert "edition" not in run(str(folder))
    files.movielens(folder, ratings=[(1, 20, 4, 1)], movies=movies)
    assert "1 ratings were loaded earlier as ml-x and are not in this file" in run(str(folder))


@pytest.mark.parametrize("name", ["ml-1m", "ml-32m"])
def test_a_known_name_is_taken_from_where_datasets_are_kept(
    tmp_path: Path, settings: Settings, name: str
) -> None:
    settings.VAR_DIR = tmp_path
    folder = tmp_path / "datasets" / name
    files.movielens(folder, ratings=[(1, 10, 4, 1)], movies=MOVIES)
    assert numbers(run(name), "ratings") == ["1", "1", "0", "0"]


def test_a_scale_is_told(tmp_path: Path) -> None:
    folder = files.movielens(tmp_path / "ml-x", ratings=[(1, 10, 8, 1)], movies=MOVIES)
    with pytest.raises(CommandError, match=r"scale to 10\? Then say so, by --scale 10"):
        run(str(folder))
    run(str(folder), "--scale", "10")
    assert Rating.objects.get().stars == 4.0


def test_what_was_rejected_is_shown_when_nothing_is_stored(tmp_path: Path) -> None:
    ratings = [("a", 10, 4, 1), ("b", 10, 4, 1), (3, 10, 4, 1)]
    folder = files.movielens(tmp_path / "ml-x", ratings=ratings, movies=MOVIES)
    output = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was stored: 2 of 3 rows of ratings"):
        call_command("import_dataset", str(folder), stdout=output)
    assert "ratings.csv, line 3: the user 'b' is not a whole number" in output.getvalue()
    assert not Rating.objects.exists()


def test_the_folder_that_is_taken_is_named(tmp_path: Path) -> None:
    files.movielens(tmp_path / "x" / "ml-a", ratings=[(1, 10, 4, 1)], movies=MOVIES)
    files.write_lines(tmp_path / "x" / "notes" / "read.me", ["nothing"])
    assert "Taking ml-a ..." in run(str(tmp_path / "x"))
    assert Rating.objects.get().user.username == "ml-a-1"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nothing-like-it", "neither a folder, nor a zip file, nor one of the datasets known"),
        ("movies-dataset", "cannot be downloaded without an account: get it from https://"),
    ],
)
def test_failures_are_one_sentence(
    tmp_path: Path, settings: Settings, source: str, message: str
) -> None:
    settings.VAR_DIR = tmp_path
    with pytest.raises(CommandError, match=message):
        run(source)
