"""Jellyfin's webhook plugin: a generic destination with "Send All Properties".

Its templates write the same names, with truths and numbers as text.
"""

from __future__ import annotations

from . import cells
from .told import WATCHED_PART, Delivery, Film, Ignored, Payload, PayloadError, Told

SERVER = "jellyfin"
# Why the plugin says that something about an item was saved.
PLAYED_TO_END, MARKED, RATED = "PlaybackFinished", "TogglePlayed", "UpdateUserRating"


def is_mine(payload: Payload) -> bool:
    return "NotificationType" in payload


def read(payload: Payload) -> Delivery:
    event = cells.text(payload.get("NotificationType"))
    film = Film(
        # The plugin puts a backslash before each quotation mark, for templates.
        title=cells.title(cells.text(payload.get("Name")).replace('\\"', '"')),
        year=cells.year(payload.get("Year")),
        imdb_id=cells.imdb_id(payload.get("Provider_imdb")),
        tmdb_id=cells.tmdb_id(payload.get("Provider_tmdb")),
        item=cells.text(payload.get("ItemId")).replace("-", "").lower(),
    )
    told, ignored = _told(event, film, payload)
    return Delivery(
        SERVER,
        account=cells.text(payload.get("NotificationUsername") or payload.get("Username")),
        server_id=cells.text(payload.get("ServerId")),
        title=film.title,
        told=told,
        ignored=ignored,
    )


def _told(event: str, film: Film, payload: Payload) -> tuple[list[Told], Ignored | None]:
    if event not in ("PlaybackStop", "UserDataSaved"):
        return [], Ignored.OTHER_EVENT
    kind = cells.text(payload.get("ItemType"))
    if not kind:
        raise PayloadError("ItemType is missing: tick “Send All Properties” in the plugin")
    if kind != "Movie":
        return [], Ignored.NOT_A_FILM
    if event == "PlaybackStop":
        if not _reached(payload):
            return [], Ignored.NOT_FINISHED
        return [_play(film, payload)], None
    return _saved(film, payload)


def _saved(film: Film, payload: Payload) -> tuple[list[Told], Ignored | None]:
    """A play that Jellyfin itself counts, a mark by hand, or a rating."""
    reason, played = cells.text(payload.get("SaveReason")), cells.truth(payload.get("Played"))
    if reason == PLAYED_TO_END:
        return ([_play(film, payload)], None) if played else ([], Ignored.NOT_FINISHED)
    if reason == MARKED:
        # The day of a mark is not the day on which the film was watched.
        return ([Told(film)], None) if played else ([], Ignored.UNMARKED)
    if reason == RATED:
        half_stars = cells.half_stars(payload.get("Rating"), most=10)
        if half_stars is None:
            return [], Ignored.NO_STARS
        at = cells.moment(payload.get("UtcTimestamp") or payload.get("Timestamp"))
        return [Told(film, half_stars, happened_at=at)], None
    return [], Ignored.OTHER_EVENT


def _play(film: Film, payload: Payload) -> Told:
    """``Timestamp`` has the server's own time zone, in which its evenings lie."""
    at = payload.get("Timestamp") or payload.get("UtcTimestamp")
    count = cells.whole(payload.get("PlayCount")) or 0
    return Told(film, watched_on=cells.day(at), happened_at=cells.moment(at), rewatch=count > 1)


def _reached(payload: Payload) -> bool:
    if cells.truth(payload.get("PlayedToCompletion")):
        return True
    position = cells.number(payload.get("PlaybackPositionTicks"))
    length = cells.number(payload.get("RunTimeTicks"))
    return bool(position and length and position / length >= WATCHED_PART)
