"""Kodi: its own notifications of JSON-RPC, as an add-on sends them on.

``params.data.item`` is what Kodi says of the film, with the fields of ``Video.Details.Movie`` that
the add-on asked for: title, year, uniqueid, imdbnumber, userrating, playcount, lastplayed. The form
of Movary's add-on, which has ``uniqueIds`` alone, is read as well: it tells finished films only.
"""

from __future__ import annotations

from . import cells
from .told import WATCHED_PART, Delivery, Film, Ignored, Payload, PayloadError, Told

SERVER = "kodi"
STOPPED, UPDATED = "Player.OnStop", "VideoLibrary.OnUpdate"


def is_mine(payload: Payload) -> bool:
    return "jsonrpc" in payload or "uniqueIds" in payload


def read(payload: Payload) -> Delivery:
    if "jsonrpc" not in payload:
        return _finished(payload)
    params = cells.part(payload, "params")
    data = cells.part(params, "data")
    item = cells.part(data, "item")
    film = _film(item)
    told, ignored = _told(cells.text(payload.get("method")), film, data, item)
    return Delivery(
        SERVER,
        account=cells.text(data.get("profile")),
        server_id=cells.text(params.get("sender")),
        title=film.title,
        told=told,
        ignored=ignored,
    )


def _finished(payload: Payload) -> Delivery:
    ids = cells.part(payload, "uniqueIds")
    film = Film(
        title=cells.title(payload.get("title")),
        year=cells.year(payload.get("year")),
        imdb_id=cells.imdb_id(ids.get("imdbId") or ids.get("imdb")),
        tmdb_id=cells.tmdb_id(ids.get("tmdbId") or ids.get("tmdb")),
    )
    return Delivery(SERVER, title=film.title, told=[Told(film)])


def _film(item: Payload) -> Film:
    ids = cells.part(item, "uniqueid")
    number = cells.text(item.get("imdbnumber"))
    return Film(
        title=cells.title(item.get("title") or item.get("label")),
        year=cells.year(item.get("year")),
        imdb_id=cells.imdb_id(ids.get("imdb") or number),
        # Kodi keeps the id of the scraper that found the film in this field, whichever it is.
        tmdb_id=cells.tmdb_id(ids.get("tmdb")),
        item=cells.text(item.get("id")),
    )


def _told(
    method: str, film: Film, data: Payload, item: Payload
) -> tuple[list[Told], Ignored | None]:
    if method not in (STOPPED, UPDATED):
        return [], Ignored.OTHER_EVENT
    kind = cells.text(item.get("type"))
    if not kind:
        raise PayloadError("params.data.item.type is missing")
    if kind != "movie":
        return [], Ignored.NOT_A_FILM
    if not film.title and not film.imdb_id and not film.tmdb_id:
        raise PayloadError("params.data.item needs a title, imdbnumber or uniqueid")
    at = item.get("lastplayed")
    count = cells.whole(item.get("playcount")) or 0
    if method == STOPPED:
        if not (cells.truth(data.get("end")) or _reached(data)):
            return [], Ignored.NOT_FINISHED
        return [Told(film, watched_on=cells.day(at), rewatch=count > 1)], None
    if (half_stars := cells.half_stars(item.get("userrating"), most=10)) is not None:
        rating = [Told(film, half_stars)]
    else:
        rating = []
    played = cells.whole(data.get("playcount"))
    if played is None:
        return (rating, None) if rating else ([], Ignored.OTHER_EVENT)
    if played < 1:
        return (rating, None) if rating else ([], Ignored.UNMARKED)
    # Set at the end of a play and by hand alike, so that the day is not known.
    return [Told(film), *rating], None


def _reached(data: Payload) -> bool:
    """``percentage`` of ``Player.GetProperties``, where an add-on puts it beside the item."""
    return (cells.number(data.get("percentage")) or 0) >= 100 * WATCHED_PART
