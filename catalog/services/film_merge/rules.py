"""What becomes of each table that points at films when two of them are merged.

A table that is not named here stops every merge, and a test: somebody has to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import ForeignKey, Model

from catalog.models import DiaryEntry, Movie, MovieListEntry
from catalog.models.movie import FACTS

# In the SQL below ``t`` is a row, %(kept)s and %(gone)s are the films' keys; ``k`` and ``d`` are
# the row that stays and the one that is dropped for it.

_RATED_THE_OTHER = """
    EXISTS (SELECT FROM catalog_rating r WHERE r.user_id = t.user_id
            AND r.movie_id IN (%(kept)s, %(gone)s) AND r.movie_id <> t.movie_id)
"""


def _both_notes(model: type[DiaryEntry] | type[MovieListEntry]) -> str:
    """The note that stays, and below it the other's, as far as there is room."""
    longest = model._meta.get_field("note").max_length
    return f"""
        CASE WHEN d.note IN ('', k.note) THEN k.note WHEN k.note = '' THEN d.note
             ELSE left(k.note || E'\\n' || d.note, {longest}) END"""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The rows of the film that goes become rows of the film that stays.

    Attributes
    ----------
    key
        Columns of which each film has one row: of two the first by ``prefer`` stays, with what
        ``fill`` gives it of the other's. None: a film may have any number.
    forget
        Only the rows of the film that stays count; those of the other are removed.
    drop
        Rows for which this holds are removed beforehand.
    part
        The name of a part of a film, such as ``genres``: it moves as a whole to a film that has
        none, unless an editor has locked it there, and is removed otherwise.
    owner
        The member to whom a row belongs.
    unique
        Further sets of columns that are unique in the whole table.
    row
        The column that is the table's primary key.
    place
        How a column is set when a row comes back and another may have taken its place.
    """

    key: tuple[str, ...] | None = None
    prefer: str = "t.id"
    fill: Mapping[str, str] = field(default_factory=dict)
    forget: bool = False
    drop: str = ""
    part: str = ""
    owner: str = "NULL::bigint"
    unique: tuple[tuple[str, ...], ...] = ()
    row: str = "id"
    place: Mapping[str, str] = field(default_factory=dict)


_OF_USER = "t.user_id"
_KEPT_FILM_FIRST = "t.movie_id = %(kept)s DESC"

# Hidden films before ratings: what was rated under its other key is looked up.
RULES: dict[str, Rule] = {
    "catalog.HiddenMovie": Rule(
        key=("user_id",), prefer="t.hidden_at, t.id", drop=_RATED_THE_OTHER, owner=_OF_USER
    ),
    "catalog.Rating": Rule(key=("user_id",), prefer="t.rated_at DESC, t.id DESC", owner=_OF_USER),
    "catalog.WatchlistEntry": Rule(key=("user_id",), prefer="t.added_at, t.id", owner=_OF_USER),
    "catalog.SeenMovie": Rule(
        key=("user_id",), prefer="t.watched_on DESC NULLS LAST, t.marked_at, t.id", owner=_OF_USER
    ),
    "catalog.DiaryEntry": Rule(
        key=("user_id", "watched_on"),
        prefer="t.created_at DESC, t.id DESC",
        fill={
            "half_stars": "coalesce(k.half_stars, d.half_stars)",
            "rewatch": "k.rewatch OR d.rewatch",
            "note": _both_notes(DiaryEntry),
        },
        owner=_OF_USER,
    ),
    "catalog.MovieListEntry": Rule(
        key=("list_id",),
        prefer="t.position, t.id",
        fill={"note": _both_notes(MovieListEntry)},
        owner="(SELECT l.user_id FROM catalog_movielist l WHERE l.id = t.list_id)",
        place={
            "position": """
                CASE WHEN EXISTS (SELECT FROM catalog_movielistentry x
                                  WHERE x.list_id = t.list_id AND x.position = t.position)
                THEN (SELECT max(x.position) + 1 FROM catalog_movielistentry x
                      WHERE x.list_id = t.list_id)
                ELSE t.position END"""
        },
    ),
    "catalog.ImportRow": Rule(
        owner="(SELECT i.user_id FROM catalog_memberimport i WHERE i.id = t.member_import_id)"
    ),
    "catalog.Link": Rule(
        key=(),
        prefer=_KEPT_FILM_FIRST,
        fill={
            name: f"coalesce(k.{name}, d.{name})"
            for name in ("movielens_id", "ml_100k_id", "imdb_id", "tmdb_id")
        },
        unique=(("movielens_id",), ("ml_100k_id",)),
    ),
    # Where a field comes from goes with the field: %(filled)s are those the kept film takes.
    "catalog.FieldProvenance": Rule(
        key=("field",),
        prefer=_KEPT_FILM_FIRST,
        drop="(t.movie_id = %(gone)s) <> (t.field = ANY(%(filled)s))",
    ),
    "catalog.FilmAlias": Rule(),
    "catalog.FilmChange": Rule(),
    "catalog.DatasetMovie": Rule(key=("dataset_id",)),
    "catalog.OutsideId": Rule(),
    "catalog.WatchEvent": Rule(owner=_OF_USER),
    "catalog.FilmRequest": Rule(owner=_OF_USER),
    "catalog.Notice": Rule(owner=_OF_USER),
    "recommender.TonightAnswer": Rule(
        key=("user_id",), prefer="t.answered_at DESC, t.id DESC", owner=_OF_USER
    ),
    "catalog.Credit": Rule(key=("person_id", "department", "job"), part="credits"),
    "catalog.Keyword_movies": Rule(key=("keyword_id",), part="keywords"),
    "catalog.FilmTranslation": Rule(key=("language",), prefer=_KEPT_FILM_FIRST),
    "catalog.Release": Rule(key=("country", "kind"), part="releases"),
    "catalog.Offer": Rule(key=("country", "kind", "provider_id"), part="offers"),
    "catalog.ChartEntry": Rule(
        key=("chart",), prefer="t.position", unique=(("chart", "position"),)
    ),
    "catalog.TmdbRefresh": Rule(row="movie_id", forget=True),
    "catalog.Movie_genres": Rule(key=("genre_id",), part="genres"),
    "catalog.Movie_companies": Rule(key=("company_id",), part="companies"),
    "catalog.Movie_countries": Rule(key=("country_id",), part="countries"),
    "catalog.Movie_spoken_languages": Rule(key=("language_id",), part="spoken_languages"),
}

# Columns that the kept film takes from the other where it has none itself.
FILLED_COLUMNS = (*(name for name in FACTS if name != "title"), "collection")


def references_to_films() -> Iterator[tuple[type[Model], str]]:
    """Each model with a foreign key to films, those of many to many too, and its column."""
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.local_concrete_fields:
            if isinstance(one, ForeignKey) and one.related_model is Movie:
                yield model, one.column


def ruled_tables() -> Iterator[tuple[type[Model], Rule]]:
    """The models in the order in which they are merged, each with its rule."""
    for label, rule in RULES.items():
        yield apps.get_model(label), rule
