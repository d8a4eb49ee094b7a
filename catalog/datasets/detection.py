"""Detecting which dataset a folder or zip holds."""

from pathlib import Path

from django.utils.text import slugify

from . import movielens, movielens_100k, movies_dataset
from .files import SourceFiles
from .records import DatasetError, Reader

LONGEST_SLUG = 50

LAYOUTS = (
    "The Movies Dataset (movies_metadata.csv, ratings.csv or ratings_small.csv, links.csv or "
    "links_small.csv), MovieLens latest, latest-small, 20M, 25M or 32M (ratings.csv, movies.csv), "
    "1M or 10M (ratings.dat, movies.dat), 100K (u.data, u.item, or RecBole's ml-100k.inter and "
    "ml-100k.item)"
)


def recognise(path: Path, *, slug: str = "", small: bool = False) -> Reader:
    """The reader for a folder or a zip.

    Parameters
    ----------
    slug
        Name of the dataset, by default its folder's; raters are named after it.
    small
        Take The Movies Dataset's ratings_small.csv even where ratings.csv is there.

    Raises
    ------
    DatasetError
        When there is nothing at ``path`` or its layout is none that is known.
    """
    files = SourceFiles(path)
    slug = slugify(slug)[:LONGEST_SLUG]
    own = slug or slugify(files.label)[:LONGEST_SLUG] or "dataset"
    small = small or files.find("ratings.csv") is None
    reader = (
        movies_dataset.layout(
            slug or f"movies-dataset{'-small' if small else ''}", files, small=small
        )
        or movielens.csv_layout(own, files)
        or movielens.dat_layout(own, files)
        or movielens_100k.recbole_layout(slug or "ml-100k", files)
        or movielens_100k.grouplens_layout(slug or "ml-100k", files)
    )
    if reader is None:
        shown = ", ".join(files.names[:8]) or "nothing"
        raise DatasetError(f"{path} holds {shown}, which is none of these layouts: {LAYOUTS}.")
    return reader
