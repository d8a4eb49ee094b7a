"""A table of films that no site is known for: its columns are guessed from their names.

The member sees the guess in the preview and may correct it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from catalog.models.import_row import RowKind

from . import cells, dates
from .records import NamedFilm, Part, ReadRow, RowAsideError, RowRefusedError, Values

ROLES = (
    "title",
    "original_title",
    "year",
    "release_date",
    "imdb_id",
    "tmdb_id",
    "letterboxd_id",
    "movielens_id",
    "director",
    "type",
    "rating",
    "rated_at",
    "watched_on",
    "rewatch",
    "note",
)
# Names of columns as they are compared: small letters and digits only. The first role that has a
# name gets the column, and a role gets one column, the first of those listed here.
NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "movietitle", "filmtitle", "name", "movie", "film", "moviename", "filmname",
              "titel", "filmtitel", "titre", "titulo", "título", "titolo", "primarytitle"),
    "original_title": ("originaltitle", "originalname", "originaltitel", "titreoriginal"),
    "year": ("year", "releaseyear", "movieyear", "startyear", "yearreleased", "jahr", "année",
             "annee", "anno", "año", "ano", "erscheinungsjahr"),
    "release_date": ("releasedate", "released", "releasedon", "premiere"),
    "imdb_id": ("imdb", "imdbid", "const", "tconst", "imdburl", "imdblink", "imdbconst"),
    "tmdb_id": ("tmdb", "tmdbid", "themoviedbid", "moviedbid", "tmdburl", "tmdblink"),
    "letterboxd_id": ("letterboxd", "letterboxduri", "letterboxdurl", "letterboxdlink", "boxdit"),
    "movielens_id": ("movielensid", "movieid", "mlid"),
    "director": ("director", "directors", "regie", "regisseur", "réalisateur", "realisateur",
                 "directedby", "regia"),
    "type": ("type", "mediatype", "titletype", "kind", "typ", "itemtype"),
    "rating": ("rating", "myrating", "yourrating", "userrating", "rating10", "stars", "mystars",
               "score", "myscore", "yourscore", "personalrating", "rate", "bewertung", "wertung",
               "sterne", "punkte", "puntuación", "puntuacion", "voto", "myvote", "grade",
               "ratingoutof10", "ratingoutof5", "youvoted", "vote"),
    "rated_at": ("ratedat", "daterated", "ratedon", "ratingdate", "date", "added", "dateadded",
                 "createdat", "created", "datum", "fecha", "data", "timestamp", "ratedate"),
    "watched_on": ("watchedon", "watcheddate", "datewatched", "watchdate", "watchedat", "watched",
                   "viewed", "dateviewed", "viewedon", "seenon", "dateseen", "seen", "lastwatched",
                   "lastwatchedat", "gesehen", "gesehenam", "vu", "vule", "finished", "enddate"),
    "rewatch": ("rewatch", "rewatched", "again", "isrewatch"),
    "note": ("review", "comment", "comments", "note", "notes", "text", "memo", "kommentar",
             "notiz", "myreview", "thoughts"),
}  # fmt: skip
SCALES = (5, 10, 100)


def guess_roles(part: Part) -> dict[str, int]:
    """Which column, from 0, has which role; empty where no film could be told."""
    columns = [re.sub(r"[\W_]+", "", name) for name in part.header or ()]
    found: dict[str, int] = {}
    for role, names in NAMES.items():
        for name in names:
            if name in columns and columns.index(name) not in found.values():
                found[role] = columns.index(name)
                break
    if not {"title", "original_title", "imdb_id", "tmdb_id", "movielens_id"} & set(found):
        return {}
    return found


def answered_roles(part: Part, answers: Mapping[str, str]) -> dict[str, int]:
    """What the member says instead: for each column, by its number, a role or nothing."""
    chosen: dict[str, int] = {}
    for number, _name in enumerate(part.header or ()):
        role = answers.get(f"columns:{part.path}:{number}")
        if role in ROLES and role not in chosen:
            chosen[role] = number
    return chosen


def guess_scale(part: Part, roles: Mapping[str, int]) -> int:
    """The most that anything got decides: 5 stars, 10 points or 100."""
    highest = 0.0
    if "rating" in roles:
        column = (part.header or ())[roles["rating"]]
        for _line, values in part.entries():
            if not isinstance(values, RowRefusedError):
                text = str(values.get(column, "")).strip().replace(",", ".")
                if re.fullmatch(r"\d{1,3}(?:\.\d+)?", text, re.ASCII):
                    highest = max(highest, float(text))
    return next((scale for scale in SCALES if highest <= scale), SCALES[-1])


class TableReader:
    """Makes rows of a table whose columns have roles; ``use`` is what rows without stars are."""

    def __init__(self, part: Part, roles: Mapping[str, int], scale: int) -> None:
        header = part.header or ()
        self._columns = {role: header[number] for role, number in roles.items()}
        self._scale = scale
        self.dates = tuple(
            self._columns[role] for role in ("rated_at", "watched_on") if role in self._columns
        )
        self.has_use = not {"rating", "watched_on"} & set(roles)

    def __call__(self, values: Values) -> Iterator[ReadRow]:
        cells.require_film(self._cell(values, "type"))
        film = self._film(values)
        half_stars = self._half_stars(values)
        rated_at = cells.moment(self._cell(values, "rated_at"))
        at = self._cell(values, "watched_on")
        if at == dates.NO:
            if half_stars is None:
                raise RowAsideError("not-seen")
            at = ""
        text = cells.note(self._cell(values, "note"))
        if half_stars is not None:
            yield ReadRow(
                kind=RowKind.RATING,
                film=film,
                half_stars=half_stars,
                happened_at=rated_at or cells.moment(at),
            )
        if self.has_use:
            yield ReadRow(kind=RowKind.LIST, film=film, happened_at=rated_at, note=text)
        elif at:
            yield ReadRow(
                kind=RowKind.DIARY,
                film=film,
                half_stars=half_stars,
                happened_at=rated_at,
                watched_on=cells.day(at),
                rewatch=cells.truth(self._cell(values, "rewatch")),
                note=text,
            )
        elif text:
            yield ReadRow(kind=RowKind.LIST, film=film, note=text, happened_at=rated_at)
        if not at and half_stars is None and not self.has_use:
            yield ReadRow(kind=RowKind.SEEN, film=film, happened_at=rated_at)

    def _half_stars(self, values: Values) -> int | None:
        """To the nearest half-star; 0 stands where nothing was given."""
        text = str(self._cell(values, "rating") or "").strip()
        if not text.strip("0., "):
            return None
        return cells.stars(text) if "★" in text else cells.points(text, self._scale)

    def _film(self, values: Values) -> NamedFilm:
        title = self._cell(values, "title") or self._cell(values, "original_title")
        year = cells.year(self._cell(values, "year"))
        return NamedFilm(
            title=cells.title(title),
            year=year or cells.year_of_day(self._cell(values, "release_date")),
            imdb_id=cells.imdb_id(self._cell(values, "imdb_id")),
            tmdb_id=cells.number(self._cell(values, "tmdb_id")),
            movielens_id=cells.number(self._cell(values, "movielens_id")),
            letterboxd_id=cells.letterboxd_id(self._cell(values, "letterboxd_id")),
            director=cells.title(self._cell(values, "director")),
        )

    def _cell(self, values: Values, role: str) -> Any:
        return values.get(self._columns.get(role, ""), "")
