"""Values as text, and back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.plain_values import KIND, UnreadableValueError, decode, encode

SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
)
KEYS = st.text() | st.integers() | st.just(KIND) | st.dates()
VALUES = st.recursive(
    SIMPLE,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert decode(encode(value)) == value


def test_kinds_are_not_mixed_up() -> None:
    value = {"when": datetime(2026, 1, 2, tzinfo=UTC), "day": date(2026, 1, 2), "pair": (1, True)}
    read = decode(encode(value))
    assert [type(one) for one in read.values()] == [datetime, date, tuple]
    assert type(read["pair"][1]) is bool
    assert encode("\0ä\ud800").isascii()


@pytest.mark.parametrize(
    "text",
    [
        b"\x80\x04K\x01.",
        b"",
        b"{",
        b"[" * 100_000,
        f'{{"{KIND}": 5}}',
        f'{{"{KIND}": ["os.system", "true"]}}',
        f'{{"{KIND}": ["date", "yesterday"]}}',
        f'{{"{KIND}": ["bytes", "ä"]}}',
        f'{{"{KIND}": ["dict", [[["a"], 1]]]}}',
    ],
)
def test_any_other_text_is_refused(text: str | bytes) -> None:
    with pytest.raises(UnreadableValueError):
        decode(text)


def test_what_has_no_plain_form_is_refused_by_its_type() -> None:
    with pytest.raises(TypeError, match="Decimal has no form"):
        encode([Decimal(1)])
