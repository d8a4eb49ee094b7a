"""One picture: fetched once by all that ask, within bounds, and what does not come remembered."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from PIL import Image

from catalog.images import picture_of, pictures, store
from catalog.images.formats import ImageFormat
from moviesite.cache import cache_fuse

from .server import ImageServer, running_server

JPEG = ImageFormat.JPEG


def test_a_picture_is_fetched_once_and_made_small(image_server: ImageServer) -> None:
    for kind in ImageFormat:
        content = picture_of("/good.jpg", "w92", kind)
        assert content is not None
        shown = Image.open(BytesIO(content))
        assert (shown.format, shown.size) == (kind.name, (92, 138))
    assert picture_of("/good.jpg", "w342", JPEG)
    assert picture_of("/good.jpg", "w342", JPEG)
    assert image_server.asked == {"good.jpg": 1}


def test_a_small_picture_is_not_made_larger(image_server: ImageServer) -> None:
    content = picture_of("/small.jpg", "w342", JPEG)
    assert content
    assert Image.open(BytesIO(content)).size == (60, 90)


def test_transparency_is_laid_on_white(image_server: ImageServer) -> None:
    content = picture_of("/clear.png", "w92", JPEG)
    assert content
    assert Image.open(BytesIO(content)).mode == "RGB"


@pytest.mark.parametrize(
    "name",
    ["missing", "error", "away", "huge", "endless", "page", "disguised", "cut", "bomb"],
)
def test_what_is_no_picture_is_refused_and_not_asked_for_again(
    image_server: ImageServer, name: str
) -> None:
    with running_server() as other:
        image_server.elsewhere = f"{other.address}/good.jpg"
        for _ in range(3):
            assert picture_of(f"/{name}.jpg", "w342", JPEG) is None
        assert not other.asked, "a redirect is not followed"
    assert image_server.asked == {f"{name}.jpg": 1}
    assert store.read(store.place_of(f"/{name}.jpg", "source")) is None


@pytest.mark.parametrize("name", ["slow", "drip"])
def test_a_slow_answer_is_given_up(image_server: ImageServer, name: str) -> None:
    started = time.monotonic()
    assert picture_of(f"/{name}.jpg", "w342", JPEG) is None
    assert time.monotonic() - started < 5


def test_a_server_that_is_not_there_costs_little(image_server: ImageServer, settings: Any) -> None:
    settings.POSTER_BASE_URL = "http://127.0.0.1:9"
    started = time.monotonic()
    for number in range(30):
        assert picture_of(f"/{number}.jpg", "w342", JPEG) is None
    assert time.monotonic() - started < 3
    assert cache.get(pictures.FAILURES_KEY) == pictures.MOST_FAILURES


def test_a_failing_server_is_left_alone_until_it_answers(image_server: ImageServer) -> None:
    for number in range(6):
        assert picture_of(f"/error.{number}.jpg", "w342", JPEG) is None
    assert sum(image_server.asked.values()) == pictures.MOST_FAILURES
    assert picture_of("/good.jpg", "w342", JPEG) is None
    cache.delete(pictures.FAILURES_KEY)  # as when its time is over
    assert picture_of("/good.jpg", "w342", JPEG)


def test_without_a_server_nothing_is_asked_for(image_server: ImageServer, settings: Any) -> None:
    assert picture_of("/good.jpg", "w342", JPEG)
    settings.POSTER_BASE_URL = ""
    assert picture_of("/good.jpg", "w342", JPEG) is None
    assert sum(image_server.asked.values()) == 1


@pytest.fixture
def no_redis(settings: Any, db: None) -> Iterator[None]:
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9"}
    settings.CACHES = {**settings.CACHES, "default": nowhere}
    yield
    cache_fuse.mend()


def test_without_redis_what_is_kept_is_shown(image_server: ImageServer, no_redis: None) -> None:
    assert picture_of("/good.jpg", "w342", JPEG)
    image_server.asked.clear()
    assert picture_of("/good.jpg", "w342", JPEG)
    assert not image_server.asked


def test_many_at_once_ask_once(image_server: ImageServer) -> None:
    image_server.delay = 0.3
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda _: picture_of("/good.jpg", "w342", JPEG), range(12)))
    assert all(found)
    assert len(set(found)) == 1
    assert image_server.asked == {"good.jpg": 1}


def test_a_process_asks_for_one_at_a_time_and_the_others_do_not_wait_long(
    image_server: ImageServer,
) -> None:
    image_server.delay = 0.4
    started = time.monotonic()
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda n: picture_of(f"/good.{n}.jpg", "w92", JPEG), range(12)))
    assert image_server.most_at_once == pictures.FETCHES_AT_ONCE
    assert 1 <= sum(one is not None for one in found) < 12
    assert time.monotonic() - started < 3
    # Those that were turned away were not held against the picture.
    assert picture_of(f"/good.{found.index(None)}.jpg", "w92", JPEG)


def test_another_process_is_waited_for(image_server: ImageServer) -> None:
    flight = f"images:flight:{store.place_of('/good.jpg', '')}"
    cache.add(flight, 1, timeout=1)
    started = time.monotonic()
    assert picture_of("/good.jpg", "w92", JPEG)
    assert 0.5 < time.monotonic() - started < 3
