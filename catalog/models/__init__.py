"""The nouns of the catalog, one file each."""

from .dataset import Dataset
from .facets import Collection, Company, Country, Genre, Language
from .link import Link
from .movie import Movie
from .personal import HiddenMovie, WatchlistEntry
from .rating import Rating

__all__ = [
    "Collection",
    "Company",
    "Country",
    "Dataset",
    "Genre",
    "HiddenMovie",
    "Language",
    "Link",
    "Movie",
    "Rating",
    "WatchlistEntry",
]
