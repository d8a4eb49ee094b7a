"""Times as files have them: what is sure is read, what is not is said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.datasets.times import SINCE, NoTimeError, latest, seconds_of

NOW = 1_750_000_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("964982703", 964982703),
        ("964982703.0", 964982703),
        ("964982703.75", 964982703),
        ("964982703000", 964982703),
        ("964982703123456", 964982703),
        ("964982703123456789", 964982703),
        ("0", 0),
        ("200", 200),
        ("2005-04-02 23:53:47", 1112486027),
        ("2005-04-02T23:53:47Z", 1112486027),
        ("2005-04-02 23:53:47 UTC", 1112486027),
        ("2005-04-03T01:53:47+02:00", 1112486027),
        ("2005-04-02 23:53:47.9", 1112486027),
        ("2005/04/02 23:53:47", 1112486027),
        ("2005-04-02", 1112400000),
    ],
)
def test_read(text: str, seconds: int) -> None:
    assert seconds_of(text, NOW) == seconds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "neither a number of seconds since 1970 nor a date"),
        ("04/02/2005", "neither a number"),
        ("9.65E+08", "neither a number"),
        ("-5", "neither a number"),
        ("20050402", "may be a day or a number of seconds"),
        ("1800000000", "lies in the future"),
        ("1800000000000", "lies in the future"),
        ("2040-01-01", "lies in the future"),
        ("1969-12-31", "lies before 1970"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(NoTimeError, match=reason):
        seconds_of(text, NOW)


@given(st.integers(SINCE, NOW), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_no_unit_is_taken_for_another(seconds: int, unit: int) -> None:
    assert seconds_of(str(seconds * unit), NOW) == seconds
    assert seconds_of(datetime.fromtimestamp(seconds, UTC).isoformat(), NOW) == seconds


def test_a_clock_may_be_a_day_wrong() -> None:
    assert seconds_of(str(latest()), latest()) == latest()
