"""Rows of a ratings file -> RatingRow, or the reason why not."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from catalog.services.ratings import InvalidRatingError

from .cells import LARGEST_ID, whole_number
from .records import DatasetError, RatingRow
from .report import Report
from .times import EARLY, NoTimeError, latest, seconds_of

COLUMNS = ("userId", "movieId", "rating", "timestamp")
STEPS = {
    5: "half-star from 0.5 to 5.0",
    10: "whole number from 1 to 10",
    100: "multiple of 10 from 10 to 100",
}
SCALES = tuple(STEPS)
NO_ROW = RatingRow(-1, -1, 1, -1)
NUMBER = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+")
# One rating above the scale in so many is a slip; more of them are another scale.
SLIPS = 100


def rating_rows(
    rows: Iterable[tuple[int, tuple[str, ...]]], file_name: str, report: Report, *, scale: int = 5
) -> Iterator[RatingRow]:
    """Columns user, item, rating, timestamp -> ratings; rows that are none are reported."""
    written = _written(scale)
    last = latest()
    for line, (user, item, rating, timestamp) in rows:
        half_stars = written.get(rating)
        if half_stars and user.isdecimal() and item.isdecimal() and timestamp.isdecimal():
            try:
                row = RatingRow(int(user), int(item), half_stars, int(timestamp))
            except ValueError:  # thousands of digits
                row = NO_ROW
            if row.user <= LARGEST_ID and row.item <= LARGEST_ID and EARLY <= row.rated_at <= last:
                yield row
                continue
        sound = _careful(user, item, rating, timestamp, scale, last)
        if isinstance(sound, RatingRow):
            if not timestamp.strip():
                report.remarks["ratings without a time, taken as the oldest"] += 1
            elif sound.rated_at < EARLY:
                report.remarks["ratings from before 1990, by their times"] += 1
            yield sound
            continue
        report.reject("ratings", file_name, line, sound)
        value = _number(rating)
        if value is not None and scale < value <= SCALES[-1]:
            report.above_scale += 1
            report.highest = max(report.highest, value)


def refuse_other_scale(report: Report) -> None:
    """Raise DatasetError when more than a slip or two are above the scale.

    What is not above it would have been misunderstood.
    """
    read = report.count("ratings").read
    if report.above_scale * SLIPS > read:
        larger = next(one for one in SCALES if one >= report.highest)
        raise DatasetError(
            f"Nothing was stored: {report.above_scale:,} of {read:,} ratings are too high, up to "
            f"{report.highest:g}. Is that a scale to {larger}? Then say so, by --scale {larger}."
        )


def _written(scale: int) -> dict[str, int]:
    """Half-stars by the usual spellings of each step of a scale."""
    return {
        text: half
        for half in range(1, 11)
        for value in (half * scale / 10,)
        for text in (f"{value:g}", f"{value:.1f}")
    }


def _careful(
    user: str, item: str, rating: str, timestamp: str, scale: int, last: int
) -> RatingRow | str:
    """The row in unusual spelling (``1.0``), or what is wrong with it."""
    ids = whole_number(user), whole_number(item)
    if ids[0] is None:
        return f"the user {user!r} is not a whole number"
    if ids[1] is None:
        return f"the movie {item!r} is not a whole number"
    try:
        half_stars = _half_stars(rating, scale)
        seconds = seconds_of(timestamp, last) if timestamp.strip() else 0
    except (InvalidRatingError, NoTimeError) as error:
        return str(error)
    return RatingRow(ids[0], ids[1], half_stars, seconds)


def _half_stars(rating: str, scale: int) -> int:
    """Of stars to 5, or of points to 10 or 100; a comma may stand for the point."""
    text = rating.strip()
    if not NUMBER.fullmatch(text):
        raise InvalidRatingError(f"rating must be a number, got {rating!r}")
    half_stars = Fraction(text.replace(",", ".")) * 10 / scale
    if half_stars.denominator != 1 or not 1 <= half_stars <= 10:
        raise InvalidRatingError(f"rating must be a {STEPS[scale]}, got {rating!r}")
    return int(half_stars)


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
