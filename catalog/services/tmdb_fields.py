"""Writes what TMDB says into the columns and relations of a film, where it may.

A field is written where it is empty or came from TMDB before. What a dataset said stays, since
models may learn from it and not from TMDB's; only fields that age, and that no model reads, are
replaced. A locked field is an editor's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.text import slugify

from catalog.models import (
    Collection,
    Company,
    Country,
    FieldProvenance,
    Genre,
    Language,
    Movie,
    Origin,
)
from catalog.models.movie import FACTS
from catalog.tmdb.records import FilmRecord

COLUMNS = FACTS
AGEING = frozenset(
    {
        "status",
        "homepage",
        "poster_path",
        "budget",
        "revenue",
        "popularity",
        "vote_average",
        "vote_count",
    }
)
RELATIONS = ("genres", "companies", "countries", "spoken_languages")
UNTITLED = "Untitled film "  # what an importer calls a film of which it knows ids only


@dataclass(frozen=True)
class Rights:
    """Which fields of a film may be written from TMDB."""

    locked: frozenset[str]
    from_tmdb: frozenset[str]

    @classmethod
    def of(cls, movie: Movie) -> "Rights":
        rows = FieldProvenance.objects.filter(movie=movie)
        known = list(rows.values_list("field", "origin", "locked"))
        return cls(
            locked=frozenset(field for field, _, locked in known if locked),
            from_tmdb=frozenset(field for field, origin, _ in known if origin == Origin.TMDB),
        )

    @classmethod
    def of_a_new_film(cls) -> "Rights":
        return cls(frozenset(), frozenset())

    def allow(self, field: str, *, is_known: bool, is_told: bool) -> bool:
        """``is_known``: the film has a value; ``is_told``: TMDB has one."""
        if field in self.locked:
            return False
        if field in self.from_tmdb:
            return True
        return is_told and (not is_known or field in AGEING)


def write_columns(movie: Movie, film: FilmRecord, rights: Rights) -> Iterator[str]:
    """Set the film's columns, without saving it, and its collection; yields what was written."""
    for name in COLUMNS:
        old, new = getattr(movie, name), getattr(film, name)
        if name == "title":
            is_known, is_told = bool(old) and not old.startswith(UNTITLED), True
        else:
            is_known, is_told = old not in (None, ""), new not in (None, "")
        if rights.allow(name, is_known=is_known, is_told=is_told) and _differs(
            name, old, new, rights
        ):
            setattr(movie, name, new)
            yield name
    known = movie.collection_id is not None
    if rights.allow("collection", is_known=known, is_told=film.collection is not None):
        movie.collection = collection_of(film)
        yield "collection"


def _differs(name: str, old: object, new: object, rights: Rights) -> bool:
    """What a dataset says too remains the dataset's; what is TMDB's was confirmed today."""
    return new != old or name in rights.from_tmdb


def write_relations(movie: Movie, film: FilmRecord, rights: Rights) -> Iterator[str]:
    """Genres, companies, countries and languages of a film that is saved."""
    for name, rows in relations_of(film).items():
        relation = getattr(movie, name)
        if rights.allow(name, is_known=relation.exists(), is_told=bool(rows)):
            relation.set(rows)
            yield name


def relations_of(film: FilmRecord) -> dict[str, list[Genre | Company | Country | Language]]:
    """The rows of each relation as TMDB has it, made where they are not here yet."""
    return {
        "genres": list(_genres(film.genres)),
        "companies": list(_companies(film.companies)),
        "countries": list(_coded(Country, film.countries)),
        "spoken_languages": list(_coded(Language, film.languages)),
    }


def collection_of(film: FilmRecord) -> Collection | None:
    if film.collection is None:
        return None
    told = film.collection
    return Collection.objects.update_or_create(
        tmdb_id=told.tmdb_id,
        defaults={
            "name": told.name,
            "poster_path": told.poster_path,
            "backdrop_path": told.backdrop_path,
        },
    )[0]


def _genres(names: Iterable[str]) -> Iterator[Genre]:
    for name in names:
        if slug := slugify(name):
            yield Genre.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def _companies(companies: Iterable[tuple[int, str]]) -> Iterator[Company]:
    for tmdb_id, name in companies:
        yield Company.objects.update_or_create(tmdb_id=tmdb_id, defaults={"name": name})[0]


def _coded(
    model: type[Country] | type[Language], rows: Iterable[tuple[str, str]]
) -> Iterator[Country | Language]:
    for code, name in rows:
        yield model.objects.get_or_create(code=code, defaults={"name": name})[0]
