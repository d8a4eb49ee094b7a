"""Times of ratings -> seconds since 1970."""

import re
import time
from datetime import UTC, date, datetime

from .cells import whole_number

DAY = 24 * 3600
# A rating with an earlier time is from before there were sites to rate films on.
EARLY = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
# Seconds, thousandths, millionths or billionths: none of their numbers can be another's.
UNITS = (10**3, 10**6, 10**9)
SINCE = int(datetime(1973, 3, 4, tzinfo=UTC).timestamp())

SLASHES = re.compile(r"(\d{4})/(\d\d)/(\d\d)")
FRACTION = re.compile(r"(\d{1,20})\.\d+")


class NoTimeError(ValueError):
    """The text is no time that can be read for sure; the message says why."""


def latest() -> int:
    """The latest time that a rating may have: a day ahead, for clocks that are wrong."""
    return int(time.time()) + DAY


def seconds_of(text: str, most: int) -> int:
    """Seconds since 1970 of a number of them, or of thousandths of them, or of a written date.

    A date without a time zone is UTC. Raises NoTimeError for what is no time, and for what could
    be read in several ways.
    """
    text = text.strip()
    if found := FRACTION.fullmatch(text):
        text = found[1]
    number = whole_number(text, 10**20)
    if number is None:
        return _of_date(text, most)
    if len(text) == 8 and _is_day(text):
        raise NoTimeError(f"the timestamp {text!r} may be a day or a number of seconds")
    if number <= most:
        return number
    for unit in UNITS:
        if SINCE <= number // unit <= most:
            return number // unit
    raise NoTimeError(
        f"the timestamp {text!r} lies in the future, or is not a number of seconds since 1970"
    )


def _of_date(text: str, most: int) -> int:
    try:
        moment = datetime.fromisoformat(SLASHES.sub(r"\1-\2-\3", text.removesuffix(" UTC")))
    except ValueError as error:
        raise NoTimeError(
            f"the timestamp {text!r} is neither a number of seconds since 1970 "
            "nor a date such as 2005-04-02 23:53:47"
        ) from error
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if seconds < 0:
        raise NoTimeError(f"the timestamp {text!r} lies before 1970")
    if seconds > most:
        raise NoTimeError(f"the timestamp {text!r} lies in the future")
    return seconds


def _is_day(text: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(text).year <= 2100
    except ValueError:
        return False
