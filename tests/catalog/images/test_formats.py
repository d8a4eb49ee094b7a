"""Which format a request gets."""

import pytest
from django.test import RequestFactory

from catalog.images.formats import ImageFormat, NotAPictureError, check, convert, wanted_format

from .server import bomb, picture

CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
SAFARI_13 = "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (CHROME, ImageFormat.AVIF),
        ("image/webp,*/*", ImageFormat.WEBP),
        ("image/avif;q=0,image/webp", ImageFormat.WEBP),
        (SAFARI_13, ImageFormat.JPEG),
        ("*/*", ImageFormat.JPEG),
        ("image/*", ImageFormat.JPEG),
        ("text/html", ImageFormat.JPEG),
        ("", ImageFormat.JPEG),
        (";;,/", ImageFormat.JPEG),
    ],
)
def test_a_format_is_sent_to_those_who_name_it(accept: str, kind: ImageFormat) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept})
    assert wanted_format(request.accepted_types) is kind


def test_pictures_of_many_modes_are_made_plain() -> None:
    for mode in ("L", "LA", "P", "RGBA", "1", "I;16"):
        source = picture(120, 180, "PNG", mode)
        check(source)
        assert len(convert(source, 92, ImageFormat.WEBP)) > 100
    assert convert(picture(120, 180, "JPEG", "CMYK"), 92, ImageFormat.AVIF)


def check_and_convert(source: bytes) -> None:
    check(source)  # a JPEG's end is looked for when it is unpacked only
    convert(source, 92, ImageFormat.JPEG)


@pytest.mark.parametrize("source", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", bomb(), picture()[:200]])
def test_what_is_no_whole_picture_is_refused(source: bytes) -> None:
    with pytest.raises(NotAPictureError):
        check_and_convert(source)
