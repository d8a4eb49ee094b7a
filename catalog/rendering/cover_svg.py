"""The designed cover as a file of its own, for who asks for a picture that there is not."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from catalog.models import Collection, Movie, Person

from .covers import cover_of, portrait_tone

# Of a cover 200 wide and 300 high: type sizes of covers.css, and how many letters fit a line.
WIDTH = 200
TYPE_SIZES = {1: 50, 2: 39, 3: 32, 4: 26, 5: 21}
LETTER_WIDTH = 0.58  # of the type size, in the wider of the faces that a machine may have
MARGIN = 16
MOST_LINES = 6


def cover_svg(pictured: Movie | Person | Collection) -> str:
    """An SVG document without scripts, styles from elsewhere or references."""
    if isinstance(pictured, Person):
        return _portrait(pictured)
    if isinstance(pictured, Collection):
        movie = Movie(title=pictured.name)
        movie.genre_list = []
    else:
        movie = pictured
    design = cover_of(movie)
    words = _plain(movie.title).split()
    longest = max(map(_letters, words), default=1)
    size = min(TYPE_SIZES[design.size], int((WIDTH - 2 * MARGIN) / (longest * LETTER_WIDTH)))
    lines = _lines(words, size)
    first = MARGIN + 22 + size
    last = first + (len(lines) - 1) * size
    colours = _colours()[design.tone]
    context = {
        "movie": movie,
        "genre": gettext(design.genre or "Film"),
        "colours": colours,
        "size": size,
        "lines": [(first + number * size, line) for number, line in enumerate(lines)],
        "art": mark_safe(_coloured(_motifs()[design.motif], colours)),  # noqa: S308
        "art_top": last + size // 2,
        "art_height": 300 - last - size // 2,
        "flipped": design.flipped,
    }
    return render_to_string("components/cover.svg", context)


def _coloured(drawing: str, colours: dict[str, str]) -> str:
    return re.sub(r"var\(--(\w)\)", lambda name: colours[name[1]], drawing)


def _portrait(person: Person) -> str:
    colours = _colours()[portrait_tone(person.name)]
    context = {"initials": _plain(person.initials), "colours": colours}
    return render_to_string("components/portrait.svg", context)


def _plain(text: str) -> str:
    """Without what no XML file may hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _letters(word: str) -> int:
    """How many letters' width a word takes: those of East Asia take two."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in word)


def _lines(words: list[str], size: int) -> list[str]:
    """The title broken into lines that fit, the last one cut where there are too many."""
    letters = int((WIDTH - 2 * MARGIN) / (size * LETTER_WIDTH))
    lines = [""]
    for word in words:
        if lines[-1] and _letters(lines[-1]) + 1 + _letters(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > MOST_LINES:
        lines[MOST_LINES - 1 :] = [f"{lines[MOST_LINES - 1]} …"]
    return lines


def _static(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text()


@cache
def _colours() -> dict[str, dict[str, str]]:
    """The palettes of covers.css: ground ``g``, three of the drawing, ink ``i``."""
    css = _static("css/covers.css")
    return {
        tone: dict(re.findall(r"--(\w): (#\w+)", values))
        for tone, values in re.findall(r"\.tone-(\w+) \{([^}]*)\}", css)
    }


@cache
def _motifs() -> dict[str, str]:
    """The drawings of covers.svg by their ids, as they are inside their symbols."""
    symbol = re.compile(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
    return dict(symbol.findall(_static("img/covers.svg")))
