"""Films that another program sends, many at once, by its own ids: found, completed, or made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from catalog.models import FieldProvenance, FilmTranslation, Genre, Link, Movie, Origin, OutsideId
from catalog.signals import films_changed

from .add_film import ADD_LOCK
from .provenance import record_origin

COLUMNS = ("title", "original_title", "year", "runtime", "overview", "original_language")
IDS = ("movielens_id", "imdb_id", "tmdb_id")


@dataclass(frozen=True)
class OutsideFilm:
    """``facts`` are the `COLUMNS` that were sent, ``ids`` the `IDS`; ``genres`` None: not sent."""

    external_id: str
    facts: Mapping[str, Any]
    ids: Mapping[str, Any] = field(default_factory=dict)
    genres: Sequence[str] | None = None


@dataclass(frozen=True)
class Upserted:
    """The film of each external id, and which of them are new or changed."""

    films: Mapping[str, int]
    created: frozenset[str]
    changed: frozenset[str]


def upsert_films(source: str, sent: Sequence[OutsideFilm]) -> Upserted:
    """Make what was sent true, but for fields that an editor has locked: all of it, or nothing.

    A film is found by its external id, else by an id of MovieLens, IMDb or TMDB. Of what is sent
    twice the last counts.
    """
    films = list({film.external_id: film for film in sent}.values())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADD_LOCK])
        found = _found(source, films)
        created = frozenset(film.external_id for film in films if film.external_id not in found)
        keys = found | _made(source, [one for one in films if one.external_id in created])
        changed = _written(films, keys, created)
        _linked(films, keys)
        transaction.on_commit(lambda: films_changed.send(Movie))
    return Upserted(keys, created, frozenset(changed - created))


def keys_of(source: str, external_ids: Collection[str]) -> dict[str, int]:
    """The films of those ids of a program that are known."""
    known = OutsideId.objects.filter(source=source, external_id__in=set(external_ids))
    return dict(known.values_list("external_id", "movie_id"))


def _found(source: str, films: Sequence[OutsideFilm]) -> dict[str, int]:
    found = keys_of(source, [film.external_id for film in films])
    others = [film for film in films if film.external_id not in found]
    by_id = _films_by_id(others)
    new = {}
    for film in others:
        keys = (by_id.get((name, film.ids.get(name))) for name in IDS)
        if (key := next((key for key in keys if key is not None), None)) is not None:
            new[film.external_id] = key
    _remember(source, new)
    return found | new


def _films_by_id(films: Iterable[OutsideFilm]) -> dict[tuple[str, Any], int]:
    wanted = {
        name: {film.ids[name] for film in films if film.ids.get(name) is not None} for name in IDS
    }
    condition = Q(pk__in=())
    for name, values in wanted.items():
        condition |= Q(**{f"{name}__in": values})
    links = Link.objects.filter(condition).order_by("-movie__rating_count", "movie_id")
    by_id: dict[tuple[str, Any], int] = {}
    for link in links:
        for name in IDS:
            by_id.setdefault((name, getattr(link, name)), link.movie_id)
    return by_id


def _made(source: str, films: Sequence[OutsideFilm]) -> dict[str, int]:
    """New films with their titles alone; what else was sent is written as for the others."""
    movies = [
        Movie(title=film.facts["title"], search_title=Movie.folded_titles(film.facts["title"]))
        for film in films
    ]
    Movie.objects.bulk_create(movies, batch_size=1000)
    keys = {film.external_id: movie.pk for film, movie in zip(films, movies, strict=True)}
    _remember(source, keys)
    return keys


def _remember(source: str, keys: Mapping[str, int]) -> None:
    OutsideId.objects.bulk_create(
        OutsideId(source=source, external_id=external, movie_id=key)
        for external, key in keys.items()
    )


def _written(
    films: Sequence[OutsideFilm], keys: Mapping[str, int], created: Collection[str]
) -> set[str]:
    """Write the facts and genres that differ. Returns the external ids of what changed."""
    movies = Movie.objects.select_for_update().order_by("pk").in_bulk(list(set(keys.values())))
    locked = set(
        FieldProvenance.objects.filter(movie_id__in=movies, locked=True).values_list(
            "movie_id", "field"
        )
    )
    now, by_field, changed = timezone.now(), {name: set[int]() for name in COLUMNS}, set()
    for film in films:
        movie = movies[keys[film.external_id]]
        for name, value in film.facts.items():
            new = film.external_id in created
            if (movie.pk, name) in locked or (getattr(movie, name) == value and not new):
                continue
            setattr(movie, name, value)
            movie.updated_at = now
            by_field[name].add(movie.pk)
            changed.add(film.external_id)
    touched = [movies[key] for key in set().union(*by_field.values())]
    translated = defaultdict[int, list[str]](list)
    titles = FilmTranslation.objects.filter(movie__in=touched).order_by("pk")
    for movie_id, title in titles.values_list("movie_id", "title"):
        translated[movie_id].append(title)
    for movie in touched:
        titles_of = (movie.title, movie.original_title, *translated[movie.pk])
        movie.search_title = Movie.folded_titles(*titles_of)
    Movie.objects.bulk_update(touched, [*COLUMNS, "search_title", "updated_at"], batch_size=500)
    for name, written in by_field.items():
        record_origin(written, [name], Origin.DATASET)
    return changed | _genres_written(films, keys, locked)


def _genres_written(
    films: Sequence[OutsideFilm], keys: Mapping[str, int], locked: Collection[tuple[int, str]]
) -> set[str]:
    wanted = {
        film.external_id: film.genres
        for film in films
        if film.genres is not None and (keys[film.external_id], "genres") not in locked
    }
    genres = _genres({name for names in wanted.values() for name in names})
    through = Movie.genres.through._default_manager
    now = {keys[one]: {genres[slugify(name)] for name in names} for one, names in wanted.items()}
    had: dict[int, set[int]] = {key: set() for key in now}
    for movie_id, genre_id in through.filter(movie_id__in=had).values_list("movie_id", "genre_id"):
        had[movie_id].add(genre_id)
    for key in had:
        if gone := had[key] - now[key]:
            through.filter(movie_id=key, genre_id__in=gone).delete()
    through.bulk_create(
        Movie.genres.through(movie_id=key, genre_id=one)
        for key in had
        for one in now[key] - had[key]
    )
    changed = {one for one in wanted if now[keys[one]] != had[keys[one]]}
    record_origin({keys[external] for external in changed}, ["genres"], Origin.DATASET)
    return changed


def _genres(names: Collection[str]) -> dict[str, int]:
    """By slug; those that are not there yet are made."""
    wanted = {slugify(name): name for name in sorted(names)}
    Genre.objects.bulk_create(
        [Genre(name=name, slug=slug) for slug, name in wanted.items()], ignore_conflicts=True
    )
    return dict(Genre.objects.filter(slug__in=wanted).values_list("slug", "pk"))


def _linked(films: Sequence[OutsideFilm], keys: Mapping[str, int]) -> None:
    """Complete the ids that a film has nowhere yet; none is overwritten."""
    sent = {keys[film.external_id]: film.ids for film in films if any(film.ids.values())}
    links = {link.movie_id: link for link in Link.objects.filter(movie_id__in=sent)}
    taken = set(
        Link.objects.filter(
            movielens_id__in=[ids["movielens_id"] for ids in sent.values() if "movielens_id" in ids]
        ).values_list("movielens_id", flat=True)
    )
    new = {key: Link(movie_id=key) for key in sent if key not in links}
    completed = set[int]()
    for key, ids in sent.items():
        link = links.get(key) or new[key]
        for name, value in ids.items():
            free = name != "movielens_id" or value not in taken
            if getattr(link, name) is None and value is not None and free:
                setattr(link, name, value)
                taken.add(value)
                completed.add(key)
    Link.objects.bulk_create(new.values())
    Link.objects.bulk_update([links[key] for key in completed if key in links], IDS)
