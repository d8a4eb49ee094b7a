"""Models of the catalog, one file per noun."""

from .dataset import Dataset, DatasetMovie
from .dataset_job import DatasetJob
from .diary import DiaryEntry
from .facets import Collection, Company, Country, Genre, Language
from .friendship import Block, Friendship
from .keyword import Keyword
from .link import Link
from .member_import import ImportRow, MemberImport
from .moderation import Report, Takedown
from .movie import Movie
from .movie_list import MovieList, MovieListEntry
from .person import Credit, Department, Person
from .personal import HiddenMovie, SeenMovie, WatchlistEntry
from .provenance import FieldProvenance, Origin
from .rating import Rating
from .sharing import Sharing

__all__ = [
    "Block",
    "Collection",
    "Company",
    "Country",
    "Credit",
    "Dataset",
    "DatasetJob",
    "DatasetMovie",
    "Department",
    "DiaryEntry",
    "FieldProvenance",
    "Friendship",
    "Genre",
    "HiddenMovie",
    "ImportRow",
    "Keyword",
    "Language",
    "Link",
    "MemberImport",
    "Movie",
    "MovieList",
    "MovieListEntry",
    "Origin",
    "Person",
    "Rating",
    "Report",
    "SeenMovie",
    "Sharing",
    "Takedown",
    "WatchlistEntry",
]
