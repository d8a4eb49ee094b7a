"""What the owner of a token has watched on a Plex server, by its API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.hooks.formats import cells
from catalog.hooks.formats.plex import film_of
from catalog.hooks.formats.told import Delivery, Told

from .outbound import FetchError, Server, get_json

KIND = "plex"
PAGE = 500
MOST_FILMS = 50_000
MOST_SECTIONS = 100
FILMS = 1  # the type of an item


def watched(server: Server, key: str, user: str) -> Iterator[Delivery]:
    """A delivery for each film. ``user`` plays no part: a token is a user's. Raises FetchError."""
    headers = {"X-Plex-Token": key, "X-Plex-Product": "Matinee"}
    headers["X-Plex-Client-Identifier"] = "matinee"
    identity = _container(server, "/identity", {}, headers)
    server_id = cells.text(identity.get("machineIdentifier"))
    sections = _container(server, "/library/sections", {}, headers).get("Directory") or []
    films = [
        one for one in sections if isinstance(one, dict) and cells.text(one.get("type")) == "movie"
    ]
    for section in films[:MOST_SECTIONS]:
        section_key = cells.whole(section.get("key"))
        if section_key is None:
            raise FetchError("not-understood")
        yield from _of_section(server, headers, server_id, section_key)


def _of_section(
    server: Server, headers: dict[str, str], server_id: str, section: int
) -> Iterator[Delivery]:
    for start in range(0, MOST_FILMS, PAGE):
        query: dict[str, str | int] = {
            "type": FILMS,
            "unwatched": 0,
            "includeGuids": 1,
            "X-Plex-Container-Start": start,
            "X-Plex-Container-Size": PAGE,
        }
        path = f"/library/sections/{section}/all"
        items = _container(server, path, query, headers).get("Metadata") or []
        for item in items:
            if isinstance(item, dict) and (cells.whole(item.get("viewCount")) or 0) > 0:
                yield _delivery(server_id, item)
        if len(items) < PAGE:
            return


def _container(
    server: Server, path: str, query: dict[str, str | int], headers: dict[str, str]
) -> dict[str, Any]:
    answer = get_json(server, path, query, headers)
    found = answer.get("MediaContainer") if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        raise FetchError("not-understood")
    return found


def _delivery(server_id: str, item: dict[str, Any]) -> Delivery:
    film = film_of(item)
    at = item.get("lastViewedAt")
    count = cells.whole(item.get("viewCount")) or 0
    told = [Told(film, watched_on=cells.day(at), happened_at=cells.moment(at), rewatch=count > 1)]
    if (half_stars := cells.half_stars(item.get("userRating"), most=10)) is not None:
        told.append(Told(film, half_stars, happened_at=cells.moment(item.get("lastRatedAt"))))
    return Delivery(KIND, server_id=server_id, title=film.title, told=told)
