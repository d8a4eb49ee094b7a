"""What is asked of the image server, word for word."""

from typing import Any

import pytest

from catalog.images.upstream import UpstreamError, fetch

from .server import ImageServer


def test_a_path_is_quoted_and_stays_below_the_base(image_server: ImageServer) -> None:
    assert fetch("/a b&c.jpg")
    assert fetch("/x?y#z.jpg")
    assert set(image_server.asked) == {"a%20b%26c.jpg", "x%3Fy%23z.jpg"}


def test_a_base_with_a_slash_at_its_end_is_the_same(
    image_server: ImageServer, settings: Any
) -> None:
    settings.POSTER_BASE_URL = f"{image_server.address}/"
    assert fetch("/good.jpg")
    assert set(image_server.asked) == {"good.jpg"}


@pytest.mark.parametrize(
    ("name", "passing"), [("missing", False), ("error", True), ("huge", False)]
)
def test_what_may_come_later_is_told_apart(
    image_server: ImageServer, name: str, passing: bool
) -> None:
    with pytest.raises(UpstreamError) as caught:
        fetch(f"/{name}.jpg")
    assert caught.value.is_passing is passing
