"""``manage.py make_ratings``: a synthetic dataset that the importer reads and models learn from."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from catalog.datasets.detection import recognise
from catalog.datasets.report import Report
from tests.catalog.dataset_files import ratings_of

USERS, MOVIES, RATINGS = 900, 1500, 60_000


def make(folder: Path, **options: int) -> str:
    out = io.StringIO()
    sizes = {"users": USERS, "movies": MOVIES, "ratings": RATINGS, **options}
    call_command("make_ratings", str(folder), stdout=out, **sizes)
    return out.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("made") / "synthetic"
    said = make(made)
    assert "synthetic ratings" in said
    return made


@pytest.fixture(scope="module")
def ratings(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "ratings.csv")


def test_the_importer_reads_every_row(folder: Path, ratings: pd.DataFrame) -> None:
    report = Report()
    reader = recognise(folder)
    read = ratings_of(reader, report)
    assert len(read) == len(ratings)
    assert not report.problems
    films = list(reader.films({row[1] for row in read}, report))
    assert len(films) == MOVIES
    assert "synthetic" in (folder / "README.txt").read_text().lower()


def test_there_are_about_as_many_as_were_asked_for(ratings: pd.DataFrame) -> None:
    assert 0.8 * RATINGS < len(ratings) < 1.1 * RATINGS
    assert ratings.userId.nunique() == USERS
    assert not ratings.duplicated(["userId", "movieId"]).any()
    assert (ratings == ratings.sort_values(["userId", "movieId"])).all(axis=None)


def test_few_people_and_few_films_have_most_of_the_ratings(ratings: pd.DataFrame) -> None:
    for column in ("userId", "movieId"):
        sizes = ratings.groupby(column).size()
        assert sizes.mean() > 1.5 * sizes.median()


def test_stars_are_halves_and_mostly_good(ratings: pd.DataFrame) -> None:
    assert set(ratings.rating.unique()) <= {half / 2 for half in range(1, 11)}
    assert 3.2 < ratings.rating.mean() < 3.8
    assert (ratings.rating % 1 == 0).mean() > 0.6


def test_films_are_rated_on_pages_of_seconds_and_never_before_they_are_shown(
    folder: Path, ratings: pd.DataFrame
) -> None:
    in_order = ratings.sort_values(["userId", "timestamp"])
    pauses = in_order.groupby("userId").timestamp.diff().dropna()
    assert pauses.median() < 60
    assert (pauses > 86_400).any()
    films = pd.read_csv(folder / "movies.csv").set_index("movieId")
    shown = films.title.str.extract(r"\((\d{4})\)$")[0].astype(int)
    rated = pd.to_datetime(ratings.timestamp, unit="s").dt.year
    assert (rated >= ratings.movieId.map(shown) - 1).all()


def test_the_next_part_of_a_series_follows_far_more_often_than_by_chance(
    folder: Path, ratings: pd.DataFrame
) -> None:
    titles = pd.read_csv(folder / "movies.csv").set_index("movieId").title
    in_order = ratings.sort_values(["userId", "timestamp"], kind="stable")
    series = in_order.movieId.map(titles).str.extract(r"series (\d+), part (\d+)").astype(float)
    first = series.to_numpy()[:-1]
    follows = (series.to_numpy()[1:] == first + np.array([0, 1])).all(axis=1)
    is_first_part = first[:, 1] == 1
    assert follows[is_first_part].mean() > 0.15


def test_a_seed_repeats_exactly(folder: Path, tmp_path: Path) -> None:
    make(tmp_path / "again")
    make(tmp_path / "other", seed=2)
    files = [one / "ratings.csv" for one in (folder, tmp_path / "again", tmp_path / "other")]
    first, again, other = (np.frombuffer(file.read_bytes(), np.uint8) for file in files)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--ratings must be from one for each user"):
        make(tmp_path / "x", ratings=5)
    with pytest.raises(CommandError, match="--users must be from 1"):
        make(tmp_path / "x", users=0)
    (tmp_path / "file").write_text("kept")
    with pytest.raises(CommandError, match="not an empty folder"):
        make(tmp_path)
