"""What is sent: sizes and formats, and turning a source into them with Pillow."""

from collections.abc import Iterable
from enum import Enum
from io import BytesIO

from django.http.request import MediaType
from PIL import Image, UnidentifiedImageError, features

# Widths in pixels by the names that TMDB gives them; those that pages use.
WIDTHS = {"w92": 92, "w185": 185, "w342": 342}

SOURCE_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 25_000_000  # what unpacks to more is no poster but a trap
TALLEST = 4  # times its width


class ImageFormat(Enum):
    """In the order in which they are preferred: smaller before larger files."""

    AVIF = "image/avif"
    WEBP = "image/webp"
    JPEG = "image/jpeg"

    @property
    def options(self) -> dict[str, int]:
        """A poster takes some 15 to 40 ms with these."""
        return {
            ImageFormat.AVIF: {"quality": 60, "speed": 8, "max_threads": 1},
            ImageFormat.WEBP: {"quality": 80, "method": 2},
            ImageFormat.JPEG: {"quality": 85},
        }[self]


class NotAPictureError(Exception):
    """Bytes are no picture of a kind and size that the site takes."""


def wanted_format(accepted: Iterable[MediaType]) -> ImageFormat:
    """The best format that a request names outright; ``*/*`` alone says nothing about new ones."""
    named = {str(one).partition(";")[0].strip() for one in accepted if one.quality > 0}
    for kind in (ImageFormat.AVIF, ImageFormat.WEBP):
        if kind.value in named and features.check(kind.name.lower()):
            return kind
    return ImageFormat.JPEG


def check(source: bytes) -> None:
    """Raises NotAPictureError unless ``source`` is a whole picture of bearable size."""
    with _opened(source) as picture:
        try:
            picture.verify()
        except (OSError, SyntaxError, ValueError) as error:
            raise NotAPictureError(f"a damaged picture: {error}") from error


def convert(source: bytes, width: int, kind: ImageFormat) -> bytes:
    """The picture no wider than ``width``, never made larger. Raises NotAPictureError."""
    with _opened(source) as opened:
        try:
            opened.draft("RGB", (width, width))  # a JPEG is unpacked smaller from the start
            picture = _flat(opened)
            picture.thumbnail((width, TALLEST * width), Image.Resampling.LANCZOS)
        except (OSError, SyntaxError, ValueError) as error:
            raise NotAPictureError(f"a damaged picture: {error}") from error
    target = BytesIO()
    picture.save(target, kind.name, **kind.options)
    return target.getvalue()


def _opened(source: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(source), formats=SOURCE_FORMATS)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotAPictureError("not a picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPictureError("too many pixels") from error
    if picture.width * picture.height > MOST_PIXELS:
        raise NotAPictureError(f"{picture.width} x {picture.height} are too many pixels")
    return picture


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, which a poster has by mistake only: over white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        see_through = picture.convert("RGBA")
        ground = Image.new("RGBA", see_through.size, "white")
        return Image.alpha_composite(ground, see_through).convert("RGB")
    return picture.convert("RGB")
