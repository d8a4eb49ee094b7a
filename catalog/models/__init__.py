"""Models of the catalog, one file per noun."""

from .dataset import Dataset
from .diary import DiaryEntry
from .facets import Collection, Company, Country, Genre, Language
from .film_change import FilmChange
from .friendship import Block, Friendship
from .link import Link
from .member_import import ImportRow, MemberImport
from .merge import DistinctFilms, FilmAlias, FilmMerge, MergedRow
from .movie import Movie
from .movie_list import MovieList, MovieListEntry
from .personal import HiddenMovie, SeenMovie, WatchlistEntry
from .provenance import FieldProvenance, Origin
from .rating import Rating
from .saved_search import SavedSearch
from .sharing import Sharing

__all__ = [
    "Block",
    "Collection",
    "Company",
    "Country",
    "Dataset",
    "DiaryEntry",
    "DistinctFilms",
    "FieldProvenance",
    "FilmAlias",
    "FilmChange",
    "FilmMerge",
    "Friendship",
    "Genre",
    "HiddenMovie",
    "ImportRow",
    "Language",
    "Link",
    "MemberImport",
    "MergedRow",
    "Movie",
    "MovieList",
    "MovieListEntry",
    "Origin",
    "Rating",
    "SavedSearch",
    "SeenMovie",
    "Sharing",
    "WatchlistEntry",
]
