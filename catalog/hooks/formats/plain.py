"""The plain form, for scripts and programs: docs/media-servers.md describes it."""

from __future__ import annotations

from catalog.services.ratings import InvalidRatingError, half_stars_of

from . import cells
from .told import WATCHED_PART, Delivery, Film, Ignored, Payload, PayloadError, Told

SERVER = "plain"
KNOWN = frozenset(
    [
        "title",
        "year",
        "imdb_id",
        "tmdb_id",
        "type",
        "progress",
        "watched_on",
        "rewatch",
        "rating",
        "rated_at",
        "id",
        "user",
        "server",
    ]
)


def is_mine(payload: Payload) -> bool:
    return any(name in payload for name in ("title", "imdb_id", "tmdb_id"))


def read(payload: Payload) -> Delivery:
    if unknown := sorted(set(payload) - KNOWN):
        raise PayloadError(f"unknown field {unknown[0][:50]!r}")
    film = Film(
        title=cells.title(payload.get("title")),
        year=_given(payload, "year", cells.year),
        imdb_id=_given(payload, "imdb_id", cells.imdb_id),
        tmdb_id=_given(payload, "tmdb_id", cells.tmdb_id),
        item=cells.text(payload.get("id")),
    )
    delivery = Delivery(
        SERVER,
        account=cells.text(payload.get("user")),
        server_id=cells.text(payload.get("server")),
        title=film.title,
    )
    told, ignored = _told(film, payload)
    return Delivery(**{**vars(delivery), "told": told, "ignored": ignored})


def _told(film: Film, payload: Payload) -> tuple[list[Told], Ignored | None]:
    if cells.text(payload.get("type") or "movie") not in ("movie", "film"):
        return [], Ignored.NOT_A_FILM
    progress = _given(payload, "progress", cells.number)
    rating = payload.get("rating")
    if progress is not None and progress < 100 * WATCHED_PART and rating is None:
        return [], Ignored.NOT_FINISHED
    told = []
    if "watched_on" in payload or progress is not None or rating is None:
        watched_on = _given(payload, "watched_on", cells.day)
        if progress is None or progress >= 100 * WATCHED_PART:
            told.append(
                Told(film, watched_on=watched_on, rewatch=cells.truth(payload.get("rewatch")))
            )
    if rating is not None:
        try:
            half_stars = half_stars_of(rating)  # type: ignore[arg-type]
        except InvalidRatingError as error:
            raise PayloadError(str(error)) from error
        at = _given(payload, "rated_at", cells.moment)
        told.append(Told(film, half_stars, happened_at=at))
    return told, None


def _given(payload: Payload, name: str, read):  # type: ignore[no-untyped-def]
    """None where nothing is given; what is given must make sense."""
    value = payload.get(name)
    if value is None:
        return None
    if (made := read(value)) is None:
        raise PayloadError(f"{name} makes no sense: {cells.text(value)[:50]!r}")
    return made
