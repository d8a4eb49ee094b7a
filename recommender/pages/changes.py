"""What something that a member just did changed on a page of rows, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Movie
from catalog.queries.films_by_key import card_movies
from catalog.views.parameters import key_in, keys_in

NAMED = 2  # films that came; others are counted


def change_in_words(query: QueryDict, shown: Iterable[str], now: Iterable[Movie]) -> str:
    """``?after=3&deed=film-rated``: what came to the films that were ``shown``, and why.

    "" where nothing came, or the query tells of nothing. Names that are no keys are left out.
    """
    deed = query.get("deed", "")
    film = key_in(query.get("after", ""))
    if film is None or deed not in ("film-rated", "film-seen", "film-hidden"):
        return ""
    before = set(keys_in(shown))
    came = [movie for movie in now if movie.pk not in before]
    done = card_movies([film], hidden=True).get(film)
    if not before or not came or done is None:
        return ""
    reason = {
        "film-rated": _("Because you just rated %(film)s:"),
        "film-seen": _("Because you have seen %(film)s:"),
        "film-hidden": _("Because %(film)s does not interest you:"),
    }[deed] % {"film": done.shown_title}
    return f"{reason} {_newcomers(came)}"


def _newcomers(came: list[Movie]) -> str:
    titles = [movie.shown_title for movie in came[:NAMED]]
    if others := len(came) - len(titles):
        text = ngettext(
            "%(titles)s and %(n)d other came in.", "%(titles)s and %(n)d others came in.", others
        )
        return text % {"titles": ", ".join(titles), "n": others}
    if len(titles) == 1:
        return _("%(title)s came in.") % {"title": titles[0]}
    return _("%(first)s and %(second)s came in.") % {"first": titles[0], "second": titles[1]}
