"""All forms, in the order in which they are asked whether a delivery is theirs."""

from __future__ import annotations

from . import emby, jellyfin, kodi, plain, plex
from .told import Delivery, Format, Payload, PayloadError

FORMATS: tuple[Format, ...] = (jellyfin, plex, emby, kodi, plain)


def read(payload: Payload) -> Delivery:
    """Raises PayloadError where no form knows it, or what it needs is missing."""
    for one in FORMATS:
        if one.is_mine(payload):
            delivery = one.read(payload)
            for told in delivery.told:
                film = told.film
                if not (film.title or film.imdb_id or film.tmdb_id):
                    raise PayloadError("the film has neither a title nor an id")
            return delivery
    raise PayloadError("this is no delivery of Jellyfin, Plex, Emby or Kodi, and has no title")
