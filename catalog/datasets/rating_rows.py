"""Rows of a ratings file -> RatingRow, or the reason why not."""

from collections.abc import Iterable, Iterator

from catalog.services.ratings import InvalidRatingError, half_stars_of

from .cells import LARGEST_ID, whole_number
from .records import RatingRow
from .report import Report

LATEST = 4_102_444_800  # 2100-01-01: a later time is a mistake
WRITTEN_HALF_STARS = {
    text: half for half in range(1, 11) for text in {f"{half / 2:g}", f"{half / 2:.1f}"}
}


def rating_rows(
    rows: Iterable[tuple[int, tuple[str, ...]]], file_name: str, report: Report
) -> Iterator[RatingRow]:
    """Columns user, item, rating, timestamp -> ratings; rows that are none are reported."""
    half_stars_by_text = WRITTEN_HALF_STARS
    for line, (user, item, rating, timestamp) in rows:
        half_stars = half_stars_by_text.get(rating)
        if half_stars and user.isdecimal() and item.isdecimal() and timestamp.isdecimal():
            row = RatingRow(int(user), int(item), half_stars, int(timestamp))
            if row.user <= LARGEST_ID and row.item <= LARGEST_ID and row.rated_at <= LATEST:
                yield row
                continue
        sound = _careful(user, item, rating, timestamp)
        if isinstance(sound, RatingRow):
            yield sound
        else:
            report.reject("ratings", file_name, line, sound)


def _careful(user: str, item: str, rating: str, timestamp: str) -> RatingRow | str:
    """The row in unusual spelling (``1.0``), or what is wrong with it."""
    ids = whole_number(user.strip()), whole_number(item.strip())
    if ids[0] is None:
        return f"the user {user!r} is not a whole number"
    if ids[1] is None:
        return f"the movie {item!r} is not a whole number"
    try:
        half_stars = half_stars_of(rating)
    except InvalidRatingError as error:
        return str(error)
    seconds = whole_number(timestamp.strip(), LATEST)
    if seconds is None:
        return f"the timestamp {timestamp!r} is not a number of seconds since 1970"
    return RatingRow(ids[0], ids[1], half_stars, seconds)
