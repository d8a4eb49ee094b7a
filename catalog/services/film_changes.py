"""What editors change in films: written with its history and its provenance, and undone.

Values are as JSON holds them: dates as text, a collection by its key, genres and their like by a
sorted list of keys, ``links`` by a dictionary of ids. Imports and refreshes do not come here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone

from catalog.models import FilmChange, Link, Movie, Origin
from catalog.models.movie import FACTS
from catalog.signals import films_changed

from .provenance import record_origin

COLUMNS = (*FACTS, "collection", "hidden")
RELATIONS = ("genres", "companies", "countries", "spoken_languages")
LINKS = "links"
LINK_IDS = ("movielens_id", "ml_100k_id", "imdb_id", "tmdb_id")
# Whether a film is shown is no fact about it that could come from elsewhere.
WITHOUT_ORIGIN = frozenset({"hidden"})
MOST_AT_ONCE = 2_000

State = dict[str, Any]


class ChangeError(ValueError):
    """A change cannot be made or taken back; the message says why."""


def state_of(movie: Movie) -> State:
    """All that an editor can change, as it stands in the database."""
    fresh = Movie.objects.get(pk=movie.pk)
    state = {name: _plain(fresh, name) for name in COLUMNS}
    for name in RELATIONS:
        keys = getattr(fresh, name).order_by("pk").values_list("pk", flat=True)
        state[name] = list(keys)
    link = Link.objects.filter(movie=movie.pk).values(*LINK_IDS).first()
    state[LINKS] = link or dict.fromkeys(LINK_IDS)
    return state


def record_change(
    movie: Movie, before: State, *, editor_id: int | None, origin: Origin = Origin.EDITOR
) -> FilmChange | None:
    """Keep what differs from ``before``, which `state_of` said; None where nothing does.

    What an editor wrote is locked against refreshes and imports.
    """
    after = state_of(movie)
    fields = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
    if not fields:
        return None
    written = fields.keys() - WITHOUT_ORIGIN
    record_origin([movie], written, origin, lock=True if origin is Origin.EDITOR else None)
    names = _names(fields)
    return FilmChange.objects.create(movie=movie, editor_id=editor_id, fields=fields, names=names)


def change_film(
    movie: Movie,
    values: Mapping[str, Any],
    *,
    editor_id: int | None,
    origin: Origin = Origin.EDITOR,
) -> FilmChange | None:
    """Write some fields of a film. Returns the change, None where all was so already."""
    with transaction.atomic():
        movie = Movie.objects.select_for_update().get(pk=movie.pk)
        before = state_of(movie)
        for name, value in values.items():
            _write(movie, name, value)
        movie.save()
        return record_change(movie, before, editor_id=editor_id, origin=origin)


def change_films(
    movies: Iterable[Movie],
    *,
    editor_id: int | None,
    columns: Mapping[str, Any] | None = None,
    add_genres: Sequence[int] = (),
    remove_genres: Sequence[int] = (),
) -> int:
    """Set columns of many films, add and remove genres; returns how many films changed.

    A fixed number of statements for any number of films. Raises ChangeError for too many of them.
    """
    columns = columns or {}
    with transaction.atomic():
        films = list(Movie.objects.select_for_update().filter(pk__in=[one.pk for one in movies]))
        if len(films) > MOST_AT_ONCE:
            raise ChangeError(f"at most {MOST_AT_ONCE} films can be changed at once")
        fields: dict[int, dict[str, list[Any]]] = {film.pk: {} for film in films}
        for name, value in columns.items():
            for film in films:
                before = _plain(film, name)
                _write(film, name, value)
                if _plain(film, name) != before:
                    fields[film.pk][name] = [before, _plain(film, name)]
        if add_genres or remove_genres:
            _change_genres(fields, set(add_genres), set(remove_genres))
        changed = [film for film in films if fields[film.pk]]
        _store(changed, fields, list(columns), editor_id)
    return len(changed)


def _store(
    films: list[Movie],
    fields: Mapping[int, Mapping[str, list[Any]]],
    columns: list[str],
    editor_id: int | None,
) -> None:
    now = timezone.now()
    for film in films:
        film.updated_at = now
    Movie.objects.bulk_update(films, [*columns, "updated_at"], batch_size=500)
    names = _names(*fields.values())
    FilmChange.objects.bulk_create(
        FilmChange(
            movie=film,
            editor_id=editor_id,
            changed_at=now,
            fields=fields[film.pk],
            names={name: names[name] for name in fields[film.pk] if name in names},
        )
        for film in films
    )
    for name in {name for one in fields.values() for name in one} - WITHOUT_ORIGIN:
        written = [film for film in films if name in fields[film.pk]]
        record_origin(written, [name], Origin.EDITOR, lock=True)
    films_changed.send(Movie)


def _change_genres(
    fields: dict[int, dict[str, list[Any]]], add: set[int], remove: set[int]
) -> None:
    through = Movie.genres.through
    before: dict[int, set[int]] = {key: set() for key in fields}
    pairs = through._default_manager.filter(movie_id__in=fields)
    for movie_id, genre_id in pairs.values_list("movie_id", "genre_id"):
        before[movie_id].add(genre_id)
    pairs.filter(genre_id__in=remove - add).delete()
    new = [through(movie_id=key, genre_id=genre) for key in fields for genre in add - before[key]]
    through._default_manager.bulk_create(new, ignore_conflicts=True)
    for key, had in before.items():
        has = (had - remove) | add
        if has != had:
            fields[key]["genres"] = [sorted(had), sorted(has)]


def undo_change(change: FilmChange, *, editor_id: int | None) -> list[str]:
    """Put back what stood there before. Returns the fields that were changed again since: they
    stay as they are. Raises ChangeError for a change that was undone already."""
    with transaction.atomic():
        change = FilmChange.objects.select_for_update().get(pk=change.pk)
        if change.undone_at is not None:
            raise ChangeError("this change has been undone already")
        now = state_of(change.movie)
        back = {
            name: before
            for name, (before, after) in change.fields.items()
            if now.get(name) == after
        }
        change_film(change.movie, back, editor_id=editor_id)
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])
    return [name for name in change.fields if name not in back]


def _plain(movie: Movie, name: str) -> Any:
    value = getattr(movie, Movie._meta.get_field(name).attname)  # type: ignore[union-attr]
    return value.isoformat() if isinstance(value, date) else value


def _write(movie: Movie, name: str, value: Any) -> None:
    if name == LINKS:
        ids = {one: value.get(one) for one in LINK_IDS}
        if any(ids.values()) or Link.objects.filter(movie=movie).exists():
            Link.objects.update_or_create(movie=movie, defaults=ids)
        return
    field: Any = Movie._meta.get_field(name)
    if name in RELATIONS:
        there = field.related_model._default_manager.filter(pk__in=value)
        getattr(movie, name).set(there)
    elif isinstance(field, ForeignKey):
        related: type[Model] = field.related_model
        there = related._default_manager.filter(pk=value)
        setattr(movie, field.attname, value if value and there.exists() else None)
    else:
        setattr(movie, name, _python(field, value))


def _python(field: Field, value: Any) -> Any:
    return None if value is None and field.null else field.to_python(value)


def _names(*changes: Mapping[str, list[Any]]) -> dict[str, dict[str, str]]:
    """The names of what is told by keys, since it may be gone when somebody reads the history."""
    keys: dict[str, set[int]] = {}
    for fields in changes:
        for name in fields.keys() & {*RELATIONS, "collection"}:
            for value in fields[name]:
                keys.setdefault(name, set()).update(
                    value if isinstance(value, list) else [value] if value else []
                )
    found = {}
    for name, wanted in keys.items():
        related: Any = Movie._meta.get_field(name).related_model
        there = related._default_manager.in_bulk(wanted).items()
        found[name] = {str(key): str(one) for key, one in there}
    return found
