"""Lists of films: the one write path, which keeps their limits and their order."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Movie, MovieList, MovieListEntry

from .turns import take_turn


class ListError(ValueError):
    """It cannot be done; the message says why, in the reader's language."""


class ListLimitError(ListError):
    """A limit is reached."""


class ListGoneError(ListError):
    """The list was deleted meanwhile."""


def make_list(
    *, user_id: int, title: str, description: str = "", is_public: bool = False
) -> MovieList:
    """A new, empty list. Raises ListLimitError when the member has as many as there may be."""
    with transaction.atomic():
        take_turn(user_id)  # so that two requests cannot both make the last one
        if MovieList.objects.filter(user_id=user_id).count() >= MovieList.MOST_PER_MEMBER:
            raise ListLimitError(
                _("You have reached the limit of %(most)d lists: delete one first.")
                % {"most": MovieList.MOST_PER_MEMBER}
            )
        return MovieList.objects.create(
            user_id=user_id, title=title, description=description, is_public=is_public
        )


def add_films(films: MovieList, movie_ids: Iterable[int]) -> list[int]:
    """Put films at the end of a list, in their order; those that it has stay where they are.

    Returns the keys of those that are new. Raises ListLimitError, and adds none, when they are more
    than the list has room for.
    """
    with transaction.atomic():
        _lock(films)
        entries = MovieListEntry.objects.filter(list=films)
        there = set(entries.values_list("movie_id", flat=True))
        new = [key for key in dict.fromkeys(movie_ids) if key not in there]
        _check_room(len(there) + len(new))
        last = entries.aggregate(last=Max("position"))["last"]
        first = 0 if last is None else last + 1
        MovieListEntry.objects.bulk_create(
            MovieListEntry(list=films, movie_id=key, position=first + place)
            for place, key in enumerate(new)
        )
        if new:
            _touch(films)
    return new


def remove_films(films: MovieList, movie_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Take films off a list. Returns what ``put_back`` needs to undo it."""
    with transaction.atomic():
        _lock(films)
        entries = MovieListEntry.objects.filter(list=films, movie_id__in=list(movie_ids))
        removed = [
            {
                "movie": entry.movie_id,
                "position": entry.position,
                "note": entry.note,
                "added_at": entry.added_at.isoformat(),
            }
            for entry in entries
        ]
        entries.delete()
        if removed:
            _touch(films)
    return removed


def put_back(films: MovieList, removed: Iterable[Mapping[str, Any]]) -> None:
    """Undo ``remove_films``: the films stand again where they stood, with their notes."""
    with transaction.atomic():
        _lock(films)
        entries = MovieListEntry.objects.filter(list=films)
        there = set(entries.values_list("movie_id", flat=True))
        missing = [entry for entry in removed if entry["movie"] not in there]
        known = set(
            Movie.objects.filter(pk__in=[entry["movie"] for entry in missing]).values_list(
                "pk", flat=True
            )
        )
        missing = [entry for entry in missing if entry["movie"] in known]
        _check_room(len(there) + len(missing))
        for entry in sorted(missing, key=lambda entry: entry["position"]):
            if entries.filter(position=entry["position"]).exists():
                entries.filter(position__gte=entry["position"]).update(position=F("position") + 1)
            MovieListEntry.objects.create(
                list=films,
                movie_id=entry["movie"],
                position=entry["position"],
                note=entry["note"],
                added_at=datetime.fromisoformat(entry["added_at"]),
            )
        _touch(films)


def move_film(
    films: MovieList, movie_id: int, *, place: int | None = None, step: int = 0
) -> int | None:
    """Put a film of a list at ``place``, from 1, or ``step`` places on; the others close up.

    A place before the first is the first, one after the last is the last. Returns the place it has
    now, or None when the list does not have the film.
    """
    with transaction.atomic():
        _lock(films)
        entries = MovieListEntry.objects.filter(list=films).order_by("position")
        order = list(entries.values_list("movie_id", "position"))
        places = {key: at for at, (key, _position) in enumerate(order)}
        if movie_id not in places:
            return None
        now = places[movie_id]
        then = min(max(now + step if place is None else place - 1, 0), len(order) - 1)
        start, end = order[now][1], order[then][1]
        if then > now:
            entries.filter(position__gt=start, position__lte=end).update(position=F("position") - 1)
        elif then < now:
            entries.filter(position__gte=end, position__lt=start).update(position=F("position") + 1)
        if then != now:
            entries.filter(movie_id=movie_id).update(position=end)
            _touch(films)
    return then + 1


def annotate_film(films: MovieList, movie_id: int, note: str) -> None:
    """What a list says about one of its films; empty takes it away. Raises ListGoneError."""
    with transaction.atomic():
        _lock(films)
        _annotate(films, movie_id, note)


def change_words(films: MovieList, words: Mapping[str, Any]) -> None:
    """Title, description and whether all may read it. Raises ListGoneError.

    Only these: a moderator may be taking the list down just now.
    """
    with transaction.atomic():
        _lock(films)
        MovieList.objects.filter(pk=films.pk).update(**words, updated_at=timezone.now())


def _annotate(films: MovieList, movie_id: int, note: str) -> None:
    if MovieListEntry.objects.filter(list=films, movie_id=movie_id).update(note=note):
        _touch(films)


def _lock(films: MovieList) -> None:
    """One change of a list at a time. Raises ListGoneError for one deleted meanwhile."""
    locked = MovieList.objects.select_for_update(no_key=True).only("pk")
    if locked.filter(pk=films.pk).first() is None:
        raise ListGoneError(_("This list was deleted meanwhile."))


def _check_room(size: int) -> None:
    if size > MovieList.MOST_FILMS:
        raise ListLimitError(
            _("A list can hold at most %(most)d films.") % {"most": MovieList.MOST_FILMS}
        )


def _touch(films: MovieList) -> None:
    films.updated_at = timezone.now()
    MovieList.objects.filter(pk=films.pk).update(updated_at=films.updated_at)
