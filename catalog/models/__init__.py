"""Models of the catalog, one file per noun."""

from .chart import Chart, ChartEntry
from .dataset import Dataset, DatasetMovie
from .dataset_job import DatasetJob
from .diary import DiaryEntry
from .facets import Collection, Company, Country, Genre, Language
from .film_change import FilmChange
from .film_request import FilmRequest
from .friendship import Block, Friendship
from .import_row import ImportList, ImportRow, WaitingRow
from .keyword import Keyword
from .link import Link
from .media_server import HookAddress, HookDelivery, ServerAccount, WatchEvent, WatchSync
from .member_import import ImportPiece, MemberImport
from .member_language import MemberLanguage
from .merge import DistinctFilms, FilmAlias, FilmMerge, MergedRow
from .moderation import Report, Takedown
from .movie import Movie
from .movie_list import MovieList, MovieListEntry
from .movie_night import MovieNight, NightVoter
from .notice import KnownOffers, Notice, NoticeChoices, NoticeKind
from .outside_id import OutsideId
from .person import Credit, Department, Person
from .personal import HiddenMovie, SeenMovie, WatchlistEntry
from .provenance import FieldProvenance, Origin
from .provider import Offer, Provider
from .rating import Rating
from .release import Release
from .saved_search import SavedSearch
from .sharing import Sharing
from .subscription import StreamingChoice
from .tmdb_refresh import TmdbRefresh
from .translation import FilmTranslation

__all__ = [
    "Block",
    "Chart",
    "ChartEntry",
    "Collection",
    "Company",
    "Country",
    "Credit",
    "Dataset",
    "DatasetJob",
    "DatasetMovie",
    "Department",
    "DiaryEntry",
    "DistinctFilms",
    "FieldProvenance",
    "FilmAlias",
    "FilmChange",
    "FilmMerge",
    "FilmRequest",
    "FilmTranslation",
    "Friendship",
    "Genre",
    "HiddenMovie",
    "HookAddress",
    "HookDelivery",
    "ImportList",
    "ImportPiece",
    "ImportRow",
    "Keyword",
    "KnownOffers",
    "Language",
    "Link",
    "MemberImport",
    "MemberLanguage",
    "MergedRow",
    "Movie",
    "MovieList",
    "MovieListEntry",
    "MovieNight",
    "NightVoter",
    "Notice",
    "NoticeChoices",
    "NoticeKind",
    "Offer",
    "Origin",
    "OutsideId",
    "Person",
    "Provider",
    "Rating",
    "Release",
    "Report",
    "SavedSearch",
    "SeenMovie",
    "ServerAccount",
    "Sharing",
    "StreamingChoice",
    "Takedown",
    "TmdbRefresh",
    "WaitingRow",
    "WatchEvent",
    "WatchSync",
    "WatchlistEntry",
]
