"""The store of pictures: bound in bytes and in days."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages

from catalog.images import picture_of, store
from catalog.images.formats import ImageFormat
from catalog.tasks import clean_images

from .server import ImageServer

pytestmark = pytest.mark.usefixtures("image_server")


def file_of(name: str) -> Path:
    return Path(storages["images"].path(name))


def age(name: str, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(file_of(name), (then, then))


def keep(number: int, size: int = 1000) -> str:
    name = store.place_of(f"/{number}.jpg", "source")
    store.write(name, bytes([number]) * size)
    return name


def test_what_is_written_is_read() -> None:
    name = keep(1)
    assert store.read(name) == b"\x01" * 1000
    assert store.read(store.place_of("/other.jpg", "source")) is None


def test_a_file_that_is_half_written_counts_as_not_there(image_server: ImageServer) -> None:
    name = keep(1)
    file_of(name).write_bytes(file_of(name).read_bytes()[:500])
    assert store.read(name) is None
    file_of(name).write_bytes(b"")
    assert store.read(name) is None
    assert picture_of("/1.jpg", "w92", ImageFormat.JPEG), "it is fetched anew"


def test_another_server_has_other_pictures(settings: Any) -> None:
    here = store.place_of("/1.jpg", "source")
    settings.POSTER_BASE_URL = "http://other.example"
    assert store.place_of("/1.jpg", "source") != here


def test_old_files_go(settings: Any) -> None:
    settings.IMAGE_CACHE_DAYS = 90
    old, new = keep(1), keep(2)
    age(old, 91)
    age(new, 89)
    clean_images()
    assert store.read(old) is None
    assert store.read(new)


def test_the_oldest_go_where_there_are_too_many(settings: Any) -> None:
    names = [keep(number) for number in range(10)]
    for number, name in enumerate(names):
        age(name, 10 - number)
    settings.IMAGE_CACHE_BYTES = 8_000
    cleaned = store.clean_up()
    assert cleaned.kept_bytes <= 6_400
    assert [store.read(name) is not None for name in names] == [False] * 4 + [True] * 6


def test_nothing_is_kept_beyond_the_bound(settings: Any, image_server: ImageServer) -> None:
    settings.IMAGE_CACHE_BYTES = 3_500
    names = [keep(number) for number in range(5)]
    assert [store.read(name) is not None for name in names] == [True] * 3 + [False] * 2
    assert picture_of("/good.jpg", "w92", ImageFormat.JPEG), "it is shown all the same"
    assert store.clean_up().kept_bytes <= 3_500 * store.FULL_AFTER_CLEANUP
    assert keep(9)
    assert store.read(names[4]) is None


def test_a_bound_holds_where_the_cache_was_lost_until_the_next_clean_up(settings: Any) -> None:
    settings.IMAGE_CACHE_BYTES = 5_000
    for number in range(4):
        keep(number)
    cache.clear()
    for number in range(4, 8):
        keep(number)
    assert store.clean_up().kept_bytes <= 5_000


def test_a_store_that_cannot_be_written_shows_pictures_all_the_same(
    settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("in the place of the folder")
    images = {**settings.STORAGES["images"], "OPTIONS": {"location": str(tmp_path / "a file")}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    assert picture_of("/good.jpg", "w92", ImageFormat.JPEG)


def test_cleaning_an_empty_store_is_fine() -> None:
    assert store.clean_up() == (0, 0)
