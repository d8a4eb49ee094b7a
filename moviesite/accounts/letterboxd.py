"""A member's films in the format that Letterboxd imports, and other sites with it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from catalog.models import DiaryEntry, Rating, SeenMovie, WatchlistEntry

from .export import Pieces
from .models import User

COLUMNS = ("imdbID", "tmdbID", "Title", "Year", "Rating", "WatchedDate", "Rewatch", "Review")
FILM = ("movie__link__imdb_id", "movie__link__tmdb_id", "movie__title", "movie__year")
# Letterboxd takes files of at most a megabyte.
MOST_BYTES = 900_000


def letterboxd_archive(user: User) -> Iterator[bytes]:
    """A ZIP in pieces: ``films-1.csv`` and further ones, and ``watchlist.csv``.

    Each viewing has a row, and so has what was rated or seen without one.
    """
    pieces = Pieces()
    made_at = timezone.localtime().timetuple()[:6]
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, table in enumerate(_tables(_films(user)), start=1):
            archive.writestr(zipfile.ZipInfo(f"films-{number}.csv", made_at), table)
            yield from pieces.ready()
        for table in _tables(_watchlist(user)):
            archive.writestr(zipfile.ZipInfo("watchlist.csv", made_at), table)
    yield from pieces.rest()


def _films(user: User) -> Iterator[tuple[Any, ...]]:
    in_diary = Exists(DiaryEntry.objects.filter(user=user, movie=OuterRef("movie")))
    rated = Exists(Rating.objects.filter(user=user, movie=OuterRef("movie")))
    diary = DiaryEntry.objects.filter(user=user).order_by("watched_on", "pk")
    for *film, stars, day, rewatch, note in diary.values_list(
        *FILM, "half_stars", "watched_on", "rewatch", "note"
    ).iterator(chunk_size=2000):
        yield (*film, _stars(stars), day, "true" if rewatch else "false", note)
    ratings = Rating.objects.filter(~in_diary, user=user).order_by("rated_at", "pk")
    for *film, stars in ratings.values_list(*FILM, "half_stars").iterator(chunk_size=2000):
        yield (*film, _stars(stars), "", "", "")
    seen = SeenMovie.objects.filter(~in_diary, ~rated, user=user).order_by("pk")
    for *film, day in seen.values_list(*FILM, "watched_on").iterator(chunk_size=2000):
        yield (*film, "", day, "", "")


def _watchlist(user: User) -> Iterator[tuple[Any, ...]]:
    kept = WatchlistEntry.objects.filter(user=user).order_by("added_at", "pk")
    for film in kept.values_list(*FILM).iterator(chunk_size=2000):
        yield (*film, "", "", "", "")


def _stars(half_stars: int | None) -> float | str:
    return half_stars / 2 if half_stars else ""


def _tables(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """Tables of a size that can be imported; none without rows."""
    text, writer = _new_table()
    count = 0
    for row in rows:
        if text.tell() > MOST_BYTES:
            yield text.getvalue()
            text, writer = _new_table()
        writer.writerow(["" if value is None else value for value in row])
        count += 1
    if count:
        yield text.getvalue()


def _new_table() -> tuple[io.StringIO, Any]:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    return text, writer
