"""Detecting which dataset a folder or zip holds."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.utils.text import slugify

from . import movielens, movielens_100k, movies_dataset
from .files import SourceFiles
from .rating_rows import SCALES
from .records import DatasetError, Reader

LONGEST_SLUG = 50

LAYOUTS = (
    "The Movies Dataset (movies_metadata.csv, ratings.csv or ratings_small.csv, links.csv or "
    "links_small.csv), MovieLens latest, latest-small, 20M, 25M or 32M (ratings.csv, movies.csv), "
    "1M or 10M (ratings.dat, movies.dat), 100K (u.data, u.item, or RecBole's ml-100k.inter and "
    "ml-100k.item)"
)

AnyReader = movies_dataset.MoviesDataset | movielens.MovieLens | movielens_100k.MovieLens100K


def recognise(path: Path, *, slug: str = "", small: bool = False, scale: int = 5) -> Reader:
    """The reader for a folder or a zip.

    Parameters
    ----------
    slug
        Name of the dataset, by default its folder's; raters are named after it.
    small
        Take The Movies Dataset's ratings_small.csv even where ratings.csv is there.
    scale
        What ratings go up to: 5, 10 or 100.

    Raises
    ------
    DatasetError
        When there is nothing at ``path``, its layout is none that is known, or it holds several
        datasets.
    """
    return find_dataset(path, slug=slug, small=small, scale=scale)[0]


def find_dataset(
    path: Path, *, slug: str = "", small: bool = False, scale: int = 5
) -> tuple[Reader, str]:
    """The reader, and the name of the folder inside that it reads; empty for ``path`` itself."""
    if scale not in SCALES:
        raise DatasetError(f"A scale goes to {', '.join(map(str, SCALES))}, not to {scale}.")
    files = SourceFiles(path)
    slug = slugify(slug)[:LONGEST_SLUG]
    found = _first_level_that_fits(files, slug, small)
    if not found:
        shown = ", ".join((files.names or files.held())[:8]) or "nothing"
        raise DatasetError(f"{path} holds {shown}, which is none of these layouts: {LAYOUTS}.")
    if len(found) > 1:
        names = ", ".join(place for _, place in found)
        raise DatasetError(f"{path} holds several datasets: {names}. Name one of them.")
    reader, place = found[0]
    return replace(reader, scale=scale), place


def _first_level_that_fits(
    files: SourceFiles, slug: str, small: bool
) -> list[tuple[AnyReader, str]]:
    """The folder itself, else folders inside, else all files together, else zips inside."""
    levels: tuple[Callable[[], list[SourceFiles]], ...] = (
        lambda: [files],
        lambda: list(files.inner()),
        lambda: [files.flattened()],
        lambda: list(files.archived()),
    )
    for level in levels:
        fitting = [
            (reader, "" if one is files else one.place)
            for one in level()
            if (reader := _reader_of(one, slug, small))
        ]
        if fitting:
            return fitting
    return []


def _reader_of(files: SourceFiles, slug: str, small: bool) -> AnyReader | None:
    own = slug or slugify(files.label)[:LONGEST_SLUG] or "dataset"
    small = small or files.find("ratings.csv") is None
    return (
        movies_dataset.layout(
            slug or f"movies-dataset{'-small' if small else ''}", files, small=small
        )
        or movielens.csv_layout(own, files)
        or movielens.dat_layout(own, files)
        or movielens_100k.recbole_layout(slug or "ml-100k", files)
        or movielens_100k.grouplens_layout(slug or "ml-100k", files)
    )
