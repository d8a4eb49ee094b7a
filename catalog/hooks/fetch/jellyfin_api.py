"""What a user of a Jellyfin server has watched, by its API (10.8 and newer)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.hooks.formats import cells
from catalog.hooks.formats.emby import film_of
from catalog.hooks.formats.told import Delivery, Told

from .outbound import FetchError, Server, get_json

KIND = "jellyfin"
PAGE = 500
MOST_FILMS = 50_000


def watched(server: Server, key: str, user: str) -> Iterator[Delivery]:
    """A delivery for each film. Raises FetchError."""
    headers = {"Authorization": f'MediaBrowser Client="Matinee", Token="{key}"'}
    user_id = _user_id(server, headers, user)
    for start in range(0, MOST_FILMS, PAGE):
        query: dict[str, str | int] = {
            "userId": user_id,
            "Recursive": "true",
            "IncludeItemTypes": "Movie",
            "Filters": "IsPlayed",
            "Fields": "ProviderIds",
            "EnableImages": "false",
            "SortBy": "SortName",
            "StartIndex": start,
            "Limit": PAGE,
        }
        answer = get_json(server, "/Items", query, headers)
        items = answer.get("Items") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise FetchError("not-understood")
        for item in items:
            if isinstance(item, dict) and cells.text(item.get("Type") or "Movie") == "Movie":
                yield _delivery(item)
        if len(items) < PAGE:
            return


def _user_id(server: Server, headers: dict[str, str], user: str) -> str:
    """Of the user by that name; without a name, of whom the key belongs to."""
    if not user:
        me = get_json(server, "/Users/Me", {}, headers)
        if isinstance(me, dict) and (found := cells.text(me.get("Id"))):
            return found
        raise FetchError("no-such-user")
    users: Any = get_json(server, "/Users", {}, headers)
    if not isinstance(users, list):
        raise FetchError("not-understood")
    for one in users:
        if isinstance(one, dict) and cells.text(one.get("Name")).casefold() == user.casefold():
            return cells.text(one.get("Id"))
    raise FetchError("no-such-user")


def _delivery(item: dict[str, Any]) -> Delivery:
    film, data = film_of(item), cells.part(item, "UserData")
    at = data.get("LastPlayedDate")
    count = cells.whole(data.get("PlayCount")) or 0
    told = [Told(film, watched_on=cells.day(at), happened_at=cells.moment(at), rewatch=count > 1)]
    if (half_stars := cells.half_stars(data.get("Rating"), most=10)) is not None:
        told.append(Told(film, half_stars))
    return Delivery(KIND, server_id=cells.text(item.get("ServerId")), title=film.title, told=told)
