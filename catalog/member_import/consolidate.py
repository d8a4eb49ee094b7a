"""Rows of one upload complete each other: ids, notes, days, and the lists they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from catalog.datasets.titles import TRAILING_YEAR
from catalog.folding import fold
from catalog.models import MovieList
from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from .formats import letterboxd, matinee
from .formats.cells import LONGEST_NOTE
from .formats.records import Format, ListHead, NamedFilm, Part, Placed, Reading, ReadRow

IDS = ("imdb_id", "tmdb_id", "movielens_id", "letterboxd_id")
# Histories that do not say which viewing was not the first.
WITHOUT_REWATCHES = {
    ImportSource.TRAKT,
    ImportSource.MOVARY,
    ImportSource.RYOT,
    ImportSource.SIMKL,
    ImportSource.YAMTRACK,
}
LONGEST_LIST_TITLE = 100
Key = tuple[str, int | None]


def consolidate(reading: Reading) -> None:
    """Complete all rows of a reading. The rows keep their order."""
    _change(reading, _without_year)
    _share_ids(reading)
    _date_ratings(reading)
    if reading.source == ImportSource.LETTERBOXD:
        _place_reviews(reading)
    _join_viewings(reading)
    if reading.source in WITHOUT_REWATCHES:
        _mark_rewatches(reading)
    _number_lists(reading)


def name_lists(
    reading: Reading, found: Mapping[str, tuple[Format, Part]], others: Sequence[Part]
) -> None:
    """Find out what the lists are called, once all files of the upload were seen."""
    known = matinee.known_lists(others) if reading.source == ImportSource.MATINEE else {}
    heads: dict[str, ListHead] = dict(known)
    for title, (format_, part) in found.items():
        if title in known:
            heads[title] = known[title]
        elif title.startswith("part:") and format_.list_head is not None:
            heads[title] = format_.list_head(part, others)
        else:
            heads[title] = ListHead(key=title, title=title)
    reading.rows = [
        replace(placed, row=replace(placed.row, list_title=heads[placed.row.list_title].key))
        if placed.row.kind == RowKind.LIST
        else placed
        for placed in reading.rows
    ]
    reading.lists = list({head.key: head for head in heads.values()}.values())


def _key(film: NamedFilm) -> Key:
    """By what a film is called in one upload; by its id where it has no title."""
    name = fold(film.title) or film.imdb_id or f"{film.tmdb_id} {film.movielens_id}"
    return name, film.year


def _without_year(row: ReadRow) -> ReadRow:
    """``The Matrix (1999)`` is a title with its year, unless the year is another."""
    match = TRAILING_YEAR.search(row.film.title)
    if match is None or match.start() == 0:
        return row
    year = int(match[1])
    if not 1870 <= year <= 2200 or row.film.year not in (None, year):
        return row
    return replace(row, film=replace(row.film, title=row.film.title[: match.start()], year=year))


def _share_ids(reading: Reading) -> None:
    """One file of an export has ids that others lack: they hold for the same title and year."""
    known: dict[Key, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for placed in reading.rows:
        film = placed.row.film
        if film.title and film.year:
            for name in IDS:
                if (value := getattr(film, name)) is not None:
                    known[_key(film)][name].add(value)

    def completed(row: ReadRow) -> ReadRow:
        film = row.film
        ids = known.get(_key(film), {}) if film.title and film.year else {}
        # Two films of one name: whatever lacks an id may be either.
        if any(len(values) > 1 for values in ids.values()):
            return row
        missing: dict[str, Any] = {
            n: next(iter(v)) for n, v in ids.items() if getattr(film, n) is None
        }
        return replace(row, film=replace(film, **missing)) if missing else row

    _change(reading, completed)


def _date_ratings(reading: Reading) -> None:
    """Stars without a time got theirs when the same stars were given elsewhere in the upload."""
    times = {
        (*_movielens_key(row), row.half_stars): row.happened_at
        for row in _of_kind(reading, RowKind.RATING)
        if row.happened_at is not None
    }

    def completed(row: ReadRow) -> ReadRow:
        if row.kind != RowKind.RATING or row.happened_at is not None:
            return row
        at = times.get((*_movielens_key(row), row.half_stars))
        return replace(row, happened_at=at) if at else row

    if times and any(row.happened_at is None for row in _of_kind(reading, RowKind.RATING)):
        _change(reading, completed)


def _movielens_key(row: ReadRow) -> tuple[object, ...]:
    film = row.film
    return (film.movielens_id,) if film.movielens_id else _key(film)


def _place_reviews(reading: Reading) -> None:
    """A review is the note of its day in the diary; without one there it goes to a list."""
    days = {
        (_key(row.film), row.watched_on)
        for row in _of_kind(reading, RowKind.DIARY)
        if row.priority == 0
    }
    if not days:
        return
    notes: dict[tuple[Key, date | None], str] = {}
    kept: list[Placed] = []
    for placed in reading.rows:
        row = placed.row
        if row.kind != RowKind.DIARY or row.priority == 0:
            kept.append(placed)
        elif (_key(row.film), row.watched_on) in days:
            notes[_key(row.film), row.watched_on] = row.note
        elif row.note:
            head = letterboxd.reviews_head(Part(placed.file, None, tuple), ())
            if head.key not in {one.key for one in reading.lists}:
                reading.lists.append(head)
            listed = replace(row, kind=RowKind.LIST, list_title=head.key, priority=0)
            kept.append(replace(placed, row=replace(listed, watched_on=None, half_stars=None)))
    reading.rows = kept

    def with_note(row: ReadRow) -> ReadRow:
        note = notes.get((_key(row.film), row.watched_on), "")
        return replace(row, note=note) if row.kind == RowKind.DIARY and note else row

    _change(reading, with_note)


def _join_viewings(reading: Reading) -> None:
    """A film has one entry a day: the last one counts, and says what all of them say."""
    groups: dict[tuple[Key, date | None], list[ReadRow]] = defaultdict(list)
    for row in _of_kind(reading, RowKind.DIARY):
        groups[_key(row.film), row.watched_on].append(row)
    doubles = {key: rows for key, rows in groups.items() if len(rows) > 1}

    def joined(row: ReadRow) -> ReadRow:
        rows = doubles.get((_key(row.film), row.watched_on)) if row.kind == RowKind.DIARY else None
        if not rows:
            return row
        notes = "\n\n".join(dict.fromkeys(one.note for one in rows if one.note))
        stars = [one.half_stars for one in rows if one.half_stars is not None]
        return replace(
            row,
            note=notes[:LONGEST_NOTE],
            half_stars=row.half_stars or (stars[-1] if stars else None),
            rewatch=all(one.rewatch for one in rows),
        )

    if doubles:
        _change(reading, joined)


def _mark_rewatches(reading: Reading) -> None:
    """Every viewing but the first one of a film was one of a film seen before."""
    first: dict[Key, date] = {}
    for row in _of_kind(reading, RowKind.DIARY):
        if row.watched_on is not None:
            key = _key(row.film)
            first[key] = min(first.get(key, row.watched_on), row.watched_on)

    def marked(row: ReadRow) -> ReadRow:
        later = row.kind == RowKind.DIARY and row.watched_on != first.get(_key(row.film))
        return replace(row, rewatch=True) if later else row

    _change(reading, marked)


def _number_lists(reading: Reading) -> None:
    """Give lists numbers and films their places; a list of more films than one may hold goes on
    in another."""
    heads = {head.key: head for head in reading.lists}
    lists: list[ListHead] = []
    numbers: dict[tuple[str, int], int] = {}
    places: dict[str, int] = defaultdict(int)
    rows: list[Placed] = []
    if reading.source == ImportSource.MATINEE:  # empty ones are lists, too
        for head in reading.lists:
            _number(numbers, lists, head, 0)
    for placed in reading.rows:
        row = placed.row
        if row.kind == RowKind.LIST:
            volume, place = divmod(places[row.list_title], MovieList.MOST_FILMS)
            places[row.list_title] += 1
            number = _number(numbers, lists, heads[row.list_title], volume)
            row = replace(row, list_number=number, place=place)
            placed = replace(placed, row=row)
        rows.append(placed)
    reading.rows, reading.lists = rows, lists


def _number(
    numbers: dict[tuple[str, int], int], lists: list[ListHead], head: ListHead, volume: int
) -> int:
    if (head.key, volume) not in numbers:
        numbers[head.key, volume] = len(lists)
        suffix = f" ({volume + 1})" if volume else ""
        title = head.title[: LONGEST_LIST_TITLE - len(suffix)].strip() or "…"
        lists.append(replace(head, title=f"{title}{suffix}"))
    return numbers[head.key, volume]


def _of_kind(reading: Reading, kind: str) -> Iterable[ReadRow]:
    return (placed.row for placed in reading.rows if placed.row.kind == kind)


def _change(reading: Reading, change) -> None:  # type: ignore[no-untyped-def]
    reading.rows = [
        placed if (row := change(placed.row)) is placed.row else replace(placed, row=row)
        for placed in reading.rows
    ]
