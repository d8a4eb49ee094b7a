"""MovieLens (Harper and Konstan, "The MovieLens datasets", ACM TiiS 2015).

https://grouplens.org/datasets/movielens/ has the licence.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass

import pandas as pd

from recommender.learning.artifact import StrPath
from recommender.learning.datasets.download import DownloadError, fetch
from recommender.learning.datasets.tables import from_integers
from recommender.learning.interactions import Interactions
from recommender.learning.validation import check_choice

_URL = "https://files.grouplens.org/datasets/movielens"
_COLUMNS = ["user", "item", "rating", "timestamp"]


@dataclass(frozen=True)
class _Variant:
    archive: str
    member: str
    separator: str
    header: int | None
    checksum: str | None


_VARIANTS = {
    "100K": _Variant(
        "ml-100k.zip",
        "u.data",
        "\t",
        None,
        "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    ),
    "1M": _Variant(
        "ml-1m.zip",
        "ratings.dat",
        "::",
        None,
        "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
    ),
    "10M": _Variant(
        "ml-10m.zip", "ratings.dat", "::", None, "md5:ce571fd55effeba0271552578f2648bd"
    ),
    "20M": _Variant(
        "ml-20m.zip",
        "ratings.csv",
        ",",
        0,
        "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
    ),
    "25M": _Variant(
        "ml-25m.zip",
        "ratings.csv",
        ",",
        0,
        "sha256:8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
    ),
    "latest-small": _Variant("ml-latest-small.zip", "ratings.csv", ",", 0, None),
}
VARIANTS = tuple(_VARIANTS)


def get_movielens_dataset(variant: str = "100K") -> Interactions:
    """Download, check and read one of :data:`VARIANTS`.

    User ids count from 0 and item ids from 1, without gaps, in the order of MovieLens' own.

    Raises ``ValueError`` for an unknown variant, and ``DownloadError`` when it cannot be fetched.
    """
    check_choice("variant", variant, VARIANTS)
    chosen = _VARIANTS[variant]
    return read_archive(fetch(f"{_URL}/{chosen.archive}", checksum=chosen.checksum), variant)


def read_archive(path: StrPath, variant: str) -> Interactions:
    """Read a downloaded archive. Raises ``DownloadError`` when it is not the expected one."""
    check_choice("variant", variant, VARIANTS)
    chosen = _VARIANTS[variant]
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.split("/")[-1] == chosen.member]
            with archive.open(names[0]) as file:
                # Pandas reads a separator of one character fast: "::" leaves empty columns.
                table = pd.read_csv(file, sep=chosen.separator[0], header=chosen.header)
    except (zipfile.BadZipFile, IndexError) as error:
        raise DownloadError(f"{path} is not a MovieLens {variant} archive: {error}") from error
    table = table.dropna(axis=1, how="all").set_axis(_COLUMNS, axis=1)
    return from_integers(
        table["user"].to_numpy(),
        table["item"].to_numpy(),
        ratings=table["rating"].to_numpy(),
        timestamps=table["timestamp"].to_numpy(),
    )
