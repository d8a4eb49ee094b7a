"""Emby: JSON, or in older versions a form with a field ``data`` of JSON."""

from __future__ import annotations

from . import cells
from .told import WATCHED_PART, Delivery, Film, Ignored, Payload, PayloadError, Told

SERVER = "emby"


def is_mine(payload: Payload) -> bool:
    return "Event" in payload


def read(payload: Payload) -> Delivery:
    item = cells.part(payload, "Item")
    film = film_of(item)
    told, ignored = _told(cells.text(payload.get("Event")), film, payload, item)
    return Delivery(
        SERVER,
        account=cells.text(cells.part(payload, "User").get("Name")),
        server_id=cells.text(cells.part(payload, "Server").get("Id") or item.get("ServerId")),
        title=film.title,
        told=told,
        ignored=ignored,
    )


def film_of(item: Payload) -> Film:
    """A film as Emby, and Jellyfin's own API, describe it."""
    ids = {name.lower(): value for name, value in cells.part(item, "ProviderIds").items()}
    return Film(
        title=cells.title(item.get("Name")),
        year=cells.year(item.get("ProductionYear")),
        imdb_id=cells.imdb_id(ids.get("imdb")),
        tmdb_id=cells.tmdb_id(ids.get("tmdb")),
        item=cells.text(item.get("Id")).replace("-", "").lower(),
    )


def _told(
    event: str, film: Film, payload: Payload, item: Payload
) -> tuple[list[Told], Ignored | None]:
    known = ("playback.stop", "item.markplayed", "item.markunplayed", "item.rate")
    if event not in known:
        return [], Ignored.OTHER_EVENT
    if not item:
        raise PayloadError("Item is missing")
    if cells.text(item.get("Type")) != "Movie":
        return [], Ignored.NOT_A_FILM
    if event == "item.markunplayed":
        return [], Ignored.UNMARKED
    if event == "item.markplayed":
        # The day of a mark is not the day on which the film was watched.
        return [Told(film)], None
    at = payload.get("Date")
    if event == "item.rate":
        half_stars = cells.half_stars(cells.part(item, "UserData").get("Rating"), most=10)
        if half_stars is None:
            return [], Ignored.NO_STARS
        return [Told(film, half_stars, happened_at=cells.moment(at))], None
    if not _reached(payload, item):
        return [], Ignored.NOT_FINISHED
    count = cells.whole(cells.part(item, "UserData").get("PlayCount")) or 0
    return [
        Told(film, watched_on=cells.day(at), happened_at=cells.moment(at), rewatch=count > 1)
    ], None


def _reached(payload: Payload, item: Payload) -> bool:
    stopped = cells.part(payload, "PlaybackInfo")
    if cells.truth(stopped.get("PlayedToCompletion")):
        return True
    state = cells.part(cells.part(payload, "Session"), "PlayState")
    position = cells.number(stopped.get("PositionTicks") or state.get("PositionTicks"))
    length = cells.number(item.get("RunTimeTicks"))
    return bool(position and length and position / length >= WATCHED_PART)
