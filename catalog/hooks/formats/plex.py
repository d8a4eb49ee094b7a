"""Plex: a form with a field ``payload`` of JSON, and perhaps a small picture."""

from __future__ import annotations

import re

from . import cells
from .told import WATCHED_PART, Delivery, Film, Ignored, Payload, PayloadError, Told

SERVER = "plex"
# How agents of older libraries name a film.
OLD_GUID = re.compile(r"agents\.(imdb|themoviedb)://([^?/]+)")


def is_mine(payload: Payload) -> bool:
    return cells.text(payload.get("event")).count(".") > 0 and (
        "Metadata" in payload or "Account" in payload
    )


def read(payload: Payload) -> Delivery:
    metadata = cells.part(payload, "Metadata")
    film = film_of(metadata)
    told, ignored = _told(cells.text(payload.get("event")), film, payload, metadata)
    return Delivery(
        SERVER,
        account=cells.text(cells.part(payload, "Account").get("title")),
        server_id=cells.text(cells.part(payload, "Server").get("uuid")),
        title=film.title,
        told=told,
        ignored=ignored,
    )


def film_of(metadata: Payload) -> Film:
    """A film as webhooks and Plex's own API describe it."""
    named = dict(
        cells.text(one.get("id")).split("://", 1)
        for one in cells.parts(metadata, "Guid")
        if "://" in cells.text(one.get("id"))
    )
    if old := OLD_GUID.search(cells.text(metadata.get("guid"))):
        named.setdefault("imdb" if old[1] == "imdb" else "tmdb", old[2])
    return Film(
        title=cells.title(metadata.get("title")),
        year=cells.year(metadata.get("year")),
        imdb_id=cells.imdb_id(named.get("imdb")),
        tmdb_id=cells.tmdb_id(named.get("tmdb")),
        item=cells.text(metadata.get("ratingKey")),
    )


def _told(
    event: str, film: Film, payload: Payload, metadata: Payload
) -> tuple[list[Told], Ignored | None]:
    if event not in ("media.scrobble", "media.stop", "media.rate"):
        return [], Ignored.OTHER_EVENT
    if not metadata:
        raise PayloadError("Metadata is missing")
    if cells.text(metadata.get("type")) != "movie":
        return [], Ignored.NOT_A_FILM
    if event == "media.rate":
        given = payload.get("rating", metadata.get("userRating"))
        half_stars = cells.half_stars(given, most=10)
        if half_stars is None:
            return [], Ignored.NO_STARS
        return [Told(film, half_stars, happened_at=cells.moment(metadata.get("lastRatedAt")))], None
    if event == "media.stop":
        # Sent for a play that was scrobbled, too, but then without how far it was.
        offset, length = (cells.number(metadata.get(n)) for n in ("viewOffset", "duration"))
        if not (offset and length and offset / length >= WATCHED_PART):
            return [], Ignored.NOT_FINISHED
        return [Told(film)], None
    at = metadata.get("lastViewedAt")
    count = cells.whole(metadata.get("viewCount")) or 0
    return [
        Told(film, watched_on=cells.day(at), happened_at=cells.moment(at), rewatch=count > 1)
    ], None
