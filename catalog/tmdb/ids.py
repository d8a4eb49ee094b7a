"""Ids of films as people write them: a number of TMDB, ``tt…`` of IMDb, or an address of either."""

import re
from typing import NamedTuple

from .cells import LARGEST_ID

_TMDB = re.compile(
    r"(?:(?:https?://)?(?:www\.)?themoviedb\.org/movie/)?(\d{1,10})(?:-[^/\s]*)?(?:[/?#]\S*)?"
)
_IMDB = re.compile(
    r"(?:(?:https?://)?(?:www\.|m\.)?imdb\.com/(?:\w\w(?:-\w\w)?/)?title/)?(tt\d{7,10})(?:[/?#]\S*)?",
    re.IGNORECASE,
)


class FilmIds(NamedTuple):
    tmdb_id: int | None = None
    imdb_id: str | None = None


def ids_in(text: str) -> FilmIds | None:
    """The id that a text is; None where it is anything else, or more."""
    text = text.strip()
    if match := _IMDB.fullmatch(text):
        return FilmIds(imdb_id=match[1].lower())
    if (match := _TMDB.fullmatch(text)) and 1 <= int(match[1]) <= LARGEST_ID:
        return FilmIds(tmdb_id=int(match[1]))
    return None
