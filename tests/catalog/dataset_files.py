"""Small datasets for the tests, written in every layout there is."""

import csv
import gzip
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from catalog.datasets.metadata_rows import COLUMNS
from catalog.datasets.records import RatingRow, Reader
from catalog.datasets.report import Report

RATINGS = ("userId", "movieId", "rating", "timestamp")
LINKS = ("movieId", "imdbId", "tmdbId")
MOVIES = ("movieId", "title", "genres")

Row = Sequence[object]


def ratings_of(reader: Reader, report: Report | None = None) -> list[RatingRow]:
    """All ratings that a reader takes, one by one."""
    return [row for block in reader.ratings(report or Report()) for row in block.rows()]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def metadata_row(**cells: object) -> list[object]:
    """A row of movies_metadata.csv, empty but for these cells."""
    unknown = set(cells) - set(COLUMNS)
    if unknown:
        raise ValueError(f"no such columns: {unknown}")
    return [cells.get(column, "") for column in COLUMNS]


def movies_dataset(
    folder: Path,
    *,
    ratings: Iterable[Row],
    links: Iterable[Row],
    metadata: Iterable[Row],
) -> Path:
    write_csv(folder / "ratings_small.csv", RATINGS, ratings)
    write_csv(folder / "links_small.csv", LINKS, links)
    write_csv(folder / "movies_metadata.csv", COLUMNS, metadata)
    return folder


def movielens(
    folder: Path, *, ratings: Iterable[Row], movies: Iterable[Row], links: Iterable[Row] = ()
) -> Path:
    write_csv(folder / "ratings.csv", RATINGS, ratings)
    write_csv(folder / "movies.csv", MOVIES, movies)
    write_csv(folder / "links.csv", LINKS, links)
    return folder


def write_lines(path: Path, lines: Iterable[str], encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
    return path


def pack(folder: Path, packing: str) -> Path:
    """The same dataset gzipped or zipped file by file ("gz", "zip"), or all in one ("archive")."""
    files = sorted(folder.iterdir())
    if packing == "archive":
        path = folder.with_suffix(".zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, f"{folder.name}/{file.name}")
        return path
    for file in files:
        if packing == "gz":
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        else:
            with zipfile.ZipFile(f"{file}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(file, file.name)
        file.unlink()
    return folder
