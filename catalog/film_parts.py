"""Parts of a film's page that somebody else draws: the catalog depends on nobody who does.

Whoever can draw one registers with ``draw_with`` when the site starts. A part that nobody draws is
empty.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from .models.movie import Movie

Draw = Callable[[HttpRequest, Movie], SafeString]

_parts: dict[str, Draw] = {}


def draw_with(name: str, draw: Draw) -> None:
    """Let ``draw`` make the part from now on."""
    _parts[name] = draw


def drawn(name: str, request: HttpRequest, movie: Movie) -> SafeString:
    """The markup of a part, for whoever asks."""
    draw = _parts.get(name)
    return draw(request, movie) if draw else SafeString("")
