"""Models of the catalog, one file per noun."""

from .chart import Chart, ChartEntry
from .dataset import Dataset
from .diary import DiaryEntry
from .facets import Collection, Company, Country, Genre, Language
from .film_request import FilmRequest
from .friendship import Block, Friendship
from .link import Link
from .member_import import ImportRow, MemberImport
from .movie import Movie
from .movie_list import MovieList, MovieListEntry
from .personal import HiddenMovie, SeenMovie, WatchlistEntry
from .provenance import FieldProvenance, Origin
from .provider import Offer, Provider
from .rating import Rating
from .release import Release
from .sharing import Sharing
from .tmdb_refresh import TmdbRefresh
from .translation import FilmTranslation

__all__ = [
    "Block",
    "Chart",
    "ChartEntry",
    "Collection",
    "Company",
    "Country",
    "Dataset",
    "DiaryEntry",
    "FieldProvenance",
    "FilmRequest",
    "FilmTranslation",
    "Friendship",
    "Genre",
    "HiddenMovie",
    "ImportRow",
    "Language",
    "Link",
    "MemberImport",
    "Movie",
    "MovieList",
    "MovieListEntry",
    "Offer",
    "Origin",
    "Provider",
    "Rating",
    "Release",
    "SeenMovie",
    "Sharing",
    "TmdbRefresh",
    "WatchlistEntry",
]
