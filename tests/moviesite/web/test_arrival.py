"""Where a request ends, and until when it has to be there."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moviesite.web.arrival import (
    BODY_SECONDS,
    HEAD_SECONDS,
    IDLE_SECONDS,
    LARGEST_HEAD,
    Arrival,
    TooLargeError,
)

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
CHUNKS = (
    b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    b"5;name=value\r\nhello\r\n00A\r\n\r\n0\r\n\r\n0\r\n\r\n0\r\nTrailer: x\r\n\r\n"
)
WHOLE = [GET, POST + b"12345", CHUNKS, b"POST / HTTP/1.1\r\ncontent-length:\t0\r\n\r\n"]


_made: list[Arrival] = []


def arrival(**options: bool) -> Arrival:
    _made.append(Arrival(0.0, 10**6, **options))
    return _made[-1]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while _made:
        _made.pop().close()


@pytest.mark.parametrize("request_bytes", WHOLE)
@settings(deadline=None)  # a busy machine is no fault
@given(cuts=st.lists(st.integers(1, 120)))
def test_a_request_is_complete_with_its_last_byte(request_bytes: bytes, cuts: list[int]) -> None:
    places = sorted({0, *(cut for cut in cuts if cut < len(request_bytes)), len(request_bytes)})
    found = arrival()
    for start, end in itertools.pairwise(places):
        assert not found.is_complete
        found.feed(request_bytes[start:end])
    assert found.is_complete
    assert found.bytes_so_far().read() == request_bytes


@pytest.mark.parametrize("request_bytes", WHOLE)
def test_no_beginning_of_it_is_complete(request_bytes: bytes) -> None:
    found = arrival()
    found.feed(request_bytes[:-1])
    assert not found.is_complete


def test_what_lies_behind_its_end_is_kept_for_the_next() -> None:
    found = arrival()
    found.feed(POST + b"12345" + GET)
    assert found.is_complete
    assert found.bytes_so_far().read().endswith(GET)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: five\r\n\r\n",
    ],
)
def test_what_is_no_request_is_handed_on_to_be_refused(nonsense: bytes) -> None:
    found = arrival()
    found.feed(nonsense)
    assert found.is_complete


def test_no_body_is_larger_than_the_site_takes() -> None:
    for sent in (
        b"POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n" + b"x" * 1_000_001,
    ):
        with pytest.raises(TooLargeError):
            arrival().feed(sent)


def test_no_head_is_larger_than_the_site_takes() -> None:
    found = arrival()
    found.feed(b"GET / HTTP/1.1\r\n" + b"x" * (LARGEST_HEAD - 100))
    with pytest.raises(TooLargeError):
        found.feed(b"x" * 100)


def test_who_expects_to_be_told_to_go_on_is() -> None:
    found = arrival()
    found.feed(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    assert found.wants_continue


def test_head_and_body_have_their_times() -> None:
    found = arrival(idle=IDLE_SECONDS)
    assert found.deadline == IDLE_SECONDS
    found.begin(3.0)
    found.feed(b"POST")
    assert found.deadline == 3.0 + HEAD_SECONDS
    found.begin(9.0)
    assert found.deadline == 3.0 + HEAD_SECONDS, "bytes that come later win no time"
    found = arrival()
    assert found.deadline == HEAD_SECONDS
    found.feed(POST + b"1")
    assert BODY_SECONDS <= found.deadline < BODY_SECONDS + 1


def test_a_large_body_on_a_slow_line_has_longer() -> None:
    found = arrival()
    found.feed(b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + b"x" * 800_000)
    assert found.deadline > 2 * BODY_SECONDS
