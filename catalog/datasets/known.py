"""Datasets known by name: their credits, download addresses and checksums."""

from dataclasses import dataclass

GROUPLENS = "https://files.grouplens.org/datasets/movielens/"

MOVIELENS_LICENCE = (
    "MovieLens data from GroupLens Research, University of Minnesota: for research; "
    "redistribution only under the same conditions; no commercial use without permission; "
    "no endorsement by the University of Minnesota or GroupLens is implied."
)
MOVIELENS_CITATION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. "
    "ACM Transactions on Interactive Intelligent Systems 5, 4, Article 19. "
    "https://doi.org/10.1145/2827872"
)
TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."


@dataclass(frozen=True, kw_only=True)
class Credits:
    """Shown in the page footer; empty where a dataset is not known."""

    title: str = ""
    licence: str = ""
    citation: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Download:
    """``checksum`` is ``md5:…`` or ``sha256:…`` as published; None where the file may change."""

    url: str
    checksum: str | None


def _zip(name: str, checksum: str | None) -> Download:
    return Download(url=f"{GROUPLENS}{name}.zip", checksum=checksum)


def _movielens(title: str, page: str) -> Credits:
    return Credits(
        title=title,
        licence=MOVIELENS_LICENCE,
        citation=MOVIELENS_CITATION,
        url=f"https://grouplens.org/datasets/movielens/{page}",
    )


def _movies_dataset(title: str) -> Credits:
    return Credits(
        title=title,
        licence=f"{MOVIELENS_LICENCE} Metadata: {TMDB_NOTICE}",
        citation=f"Rounak Banik. The Movies Dataset, on Kaggle. {MOVIELENS_CITATION}",
        url="https://www.kaggle.com/datasets/rounakbanik/the-movies-dataset",
    )


CREDITS = {
    "movies-dataset": _movies_dataset("The Movies Dataset"),
    "movies-dataset-small": _movies_dataset("The Movies Dataset, small ratings"),
    "ml-latest-small": _movielens("MovieLens Latest Small", "latest/"),
    "ml-latest": _movielens("MovieLens Latest", "latest/"),
    "ml-32m": _movielens("MovieLens 32M", "32m/"),
    "ml-25m": _movielens("MovieLens 25M", "25m/"),
    "ml-20m": _movielens("MovieLens 20M", "20m/"),
    "ml-10m": _movielens("MovieLens 10M", "10m/"),
    "ml-1m": _movielens("MovieLens 1M", "1m/"),
    "ml-100k": _movielens("MovieLens 100K", "100k/"),
}

DOWNLOADS = {
    "ml-latest-small": _zip(
        "ml-latest-small",
        "sha256:696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
    ),
    "ml-latest": _zip("ml-latest", None),
    "ml-32m": _zip("ml-32m", "md5:d472be332d4daa821edc399621853b57"),
    "ml-25m": _zip(
        "ml-25m", "sha256:8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa"
    ),
    "ml-20m": _zip(
        "ml-20m", "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3"
    ),
    "ml-10m": _zip("ml-10m", "md5:ce571fd55effeba0271552578f2648bd"),
    "ml-1m": _zip(
        "ml-1m", "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20"
    ),
    "ml-100k": _zip(
        "ml-100k", "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"
    ),
}


def credits_of(slug: str) -> Credits:
    """Of the dataset of this name, or of the longest known name that it begins with.

    An edition such as ``ml-latest-small-2018`` so has the credits of ``ml-latest-small``.
    """
    names = sorted(CREDITS, key=len, reverse=True)
    known = next((name for name in names if slug == name or slug.startswith(f"{name}-")), None)
    return CREDITS[known] if known else Credits(title=slug)
