"""A year of a diary as a picture to share: a square PNG in the site's letters and colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

SIDE, MARGIN = 1080, 90
NIGHT, PAPER, SUN, QUIET = "#131117", "#faf6ee", "#f6b83f", "#a79fae"
SERIF = ("fonts/instrument-serif-latin-400-normal.woff2",
         "fonts/instrument-serif-latin-ext-400-normal.woff2")  # fmt: skip
SANS = ("fonts/figtree-latin-wght-normal.woff2", "fonts/figtree-latin-ext-wght-normal.woff2")


@dataclass(frozen=True)
class YearWords:
    """What stands on the picture, in the reader's language."""

    heading: str
    numbers: Sequence[tuple[str, str]]  # "52", "films"
    lines: Sequence[tuple[str, str]]  # "Most seen director", "Agnès Varda"
    bars: Sequence[tuple[str, int]]  # "1990s", 12
    site: str


def year_picture(words: YearWords) -> bytes:
    image = Image.new("RGB", (SIDE, SIDE), NIGHT)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIDE, 14), fill=SUN)
    _write(draw, (MARGIN, 80), words.heading, SERIF, 84, PAPER)
    step = (SIDE - 2 * MARGIN) // max(len(words.numbers), 1)
    for place, (number, label) in enumerate(words.numbers):
        _write(draw, (MARGIN + place * step, 220), number, SERIF, 130, SUN)
        _write(draw, (MARGIN + place * step, 370), label, SANS, 32, QUIET)
    _draw_bars(draw, words.bars)
    for place, (label, text) in enumerate(words.lines):
        _write(draw, (MARGIN, 770 + place * 90), label, SANS, 28, QUIET)
        _write(draw, (MARGIN, 802 + place * 90), text, SERIF, 46, PAPER)
    _write(draw, (MARGIN, SIDE - 66), words.site, SANS, 28, QUIET)
    found = BytesIO()
    image.save(found, "PNG", optimize=True)
    return found.getvalue()


def can_write(text: str) -> bool:
    """Whether the fonts have the letters: Latin ones, with all their accents."""
    return all(ord(one) < 0x250 or 0x1E00 <= ord(one) < 0x2100 for one in text)


def _draw_bars(draw: ImageDraw.ImageDraw, bars: Sequence[tuple[str, int]]) -> None:
    if not bars:
        return
    step = (SIDE - 2 * MARGIN) / len(bars)
    most = max(count for _label, count in bars)
    for place, (label, count) in enumerate(bars):
        left, height = MARGIN + place * step, max(170 * count / most, 4)
        draw.rounded_rectangle((left, 660 - height, left + step * 0.7, 660), 6, fill=SUN)
        _write(draw, (round(left), 676), label, SANS, 24, QUIET)


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    fonts: tuple[str, str],
    size: int,
    colour: str,
) -> None:
    """On one line, smaller where it would not fit; letters with accents are in a second file."""
    room = SIDE - MARGIN - place[0]
    while size > 16 and sum(_font(fonts, one, size).getlength(one) for one in text) > room:
        size -= 2
    left = float(place[0])
    for one in text:
        font = _font(fonts, one, size)
        draw.text((left, place[1]), one, font=font, fill=colour)
        left += font.getlength(one)


def _font(fonts: tuple[str, str], letter: str, size: int) -> ImageFont.FreeTypeFont:
    code = ord(letter)
    return _loaded(fonts[0 if code < 0x100 or code >= 0x2000 else 1], size)


@lru_cache(64)
def _loaded(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"the site's font {name} is not there")
    return ImageFont.truetype(path, size)
