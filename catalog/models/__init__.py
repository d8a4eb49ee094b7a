"""Models of the catalog, one file per noun."""

from .dataset import Dataset
from .diary import DiaryEntry
from .facets import Collection, Company, Country, Genre, Language
from .friendship import Block, Friendship
from .import_row import ImportList, ImportRow, WaitingRow
from .link import Link
from .member_import import ImportPiece, MemberImport
from .movie import Movie
from .movie_list import MovieList, MovieListEntry
from .personal import HiddenMovie, SeenMovie, WatchlistEntry
from .provenance import FieldProvenance, Origin
from .rating import Rating
from .sharing import Sharing

__all__ = [
    "Block",
    "Collection",
    "Company",
    "Country",
    "Dataset",
    "DiaryEntry",
    "FieldProvenance",
    "Friendship",
    "Genre",
    "HiddenMovie",
    "ImportList",
    "ImportPiece",
    "ImportRow",
    "Language",
    "Link",
    "MemberImport",
    "Movie",
    "MovieList",
    "MovieListEntry",
    "Origin",
    "Rating",
    "SeenMovie",
    "Sharing",
    "WaitingRow",
    "WatchlistEntry",
]
