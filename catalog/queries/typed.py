"""What people type and paste into a search box besides titles: ids, addresses and years."""

import re
from itertools import pairwise

from django.db.models import Q

from catalog.datasets.titles import article_first
from catalog.folding import fold
from catalog.models.movie import MovieQuerySet
from catalog.tmdb.cells import LARGEST_ID
from catalog.tmdb.ids import FilmIds, ids_in

_TRAILING_YEAR = re.compile(r"^(?P<title>.*[^\s(])[\s(]+(?P<year>(?:18|19|20)\d\d)\)?$")
_YEAR = re.compile(r"(?:18[789]|19\d|20\d)\d")
_TMDB = re.compile(r"tmdb[\s:#/-]*(\d{1,10})", re.IGNORECASE)
_LETTERBOXD = re.compile(
    r"(?:https?://)?(?:www\.)?letterboxd\.com/(?:[\w-]+/)?"
    r"(?:film/(?P<slug>[\w-]+)|tmdb/(?P<tmdb>\d{1,10})|imdb/(?P<imdb>tt\d{7,10}))(?:[/?#]\S*)?",
    re.IGNORECASE,
)
# With fewer letters any two words are one, with more each attempt costs too much.
RESPACED = range(5, 17)


def title_in(text: str) -> str:
    """The words of a title in an address of Letterboxd; any other text as it is."""
    found = _LETTERBOXD.fullmatch(text.strip())
    return found["slug"].replace("-", " ") if found and found["slug"] else text


def film_ids(text: str) -> FilmIds | None:
    """The id that a text is beyond doubt. A bare number may be a title: see ``bare_id``."""
    text = text.strip()
    found = _LETTERBOXD.fullmatch(text)
    number = _TMDB.fullmatch(text)
    if found and found["imdb"]:
        return FilmIds(imdb_id=found["imdb"].lower())
    if digits := (found and found["tmdb"]) or (number and number[1]):
        return FilmIds(tmdb_id=int(digits)) if 1 <= int(digits) <= LARGEST_ID else None
    return None if text.isdecimal() else ids_in(text)


def bare_id(text: str) -> FilmIds | None:
    """The number of TMDB that a text may be, where it is not a year."""
    return ids_in(text) if text.strip().isdecimal() and year_in(text) is None else None


def with_ids(movies: MovieQuerySet, ids: FilmIds) -> MovieQuerySet:
    """The films of an id at IMDb or TMDB; two of a dataset may share one."""
    one = Q(link__imdb_id=ids.imdb_id) if ids.imdb_id else Q(link__tmdb_id=ids.tmdb_id)
    return movies.filter(one)


def year_in(text: str) -> int | None:
    """The year that a text is, and nothing more."""
    text = text.strip().removeprefix("(").removesuffix(")")
    return int(text) if _YEAR.fullmatch(text) else None


def split_year(query: str) -> tuple[str, int] | tuple[None, int]:
    """``heat (1995)`` → ``heat``, 1995; None where no year stands at the end of a title."""
    match = _TRAILING_YEAR.match(query)
    title = fold(article_first(match["title"])) if match else ""
    return (title, int(match["year"])) if match and title else (None, 0)


def respaced(words: str) -> list[str]:
    """The same letters with one space more or less: ``spiderman`` is ``spider man`` too."""
    if len(words) not in RESPACED:
        return []
    others = []
    for place, (left, right) in enumerate(pairwise(words), start=1):
        if left != " " != right:
            others.append(f"{words[:place]} {words[place:]}")
        elif right == " " and not (left.isdigit() and words[place + 1].isdigit()):
            others.append(words[:place] + words[place + 1 :])
    return others
