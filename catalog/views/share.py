"""What a phone shares with the site: the film that a title, a text or an address names."""

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Movie
from catalog.queries.search import resolve_title

LONGEST = 500
_IMDB = re.compile(r"\btt\d{7,10}\b")
_TMDB = re.compile(r"themoviedb\.org/movie/(\d{1,10})")
_LETTERBOXD = re.compile(r"letterboxd\.com/(?:[\w-]+/)?film/([\w-]+)")
_ADDRESS = re.compile(r"https?://\S+")
# What pages about films write behind the title, and what apps write around it.
_TAIL = re.compile(r"\s+(?:[-–—|•⭐★]|directed by)\s*.*$", re.IGNORECASE)


@require_safe
def share(request: HttpRequest) -> HttpResponse:
    """``title``, ``text`` and ``url`` as a share target gets them; leads to the film, or to what
    a search for it finds."""
    said = [request.GET.get(name, "")[:LONGEST] for name in ("url", "text", "title")]
    if movie := _by_id(" ".join(said)):
        return redirect(movie)
    title = _title(said)
    found = resolve_title(title).movie if title else None
    if found is not None:
        return redirect(found)
    query = f"?{urlencode({'q': title})}" if title else ""
    return redirect(reverse("catalog:browse") + query)


def _by_id(text: str) -> Movie | None:
    movies = Movie.objects.visible()
    if imdb := _IMDB.search(text):
        return movies.filter(link__imdb_id=imdb[0]).first()
    if tmdb := _TMDB.search(text):
        return movies.filter(link__tmdb_id=int(tmdb[1])).first()
    return None


def _title(said: list[str]) -> str:
    """The title that is left of what was said: the page's own, else a text, else an address."""
    for text in (said[2], said[1]):
        if words := _TAIL.sub("", _ADDRESS.sub("", text)).strip(" \t\n“”\"'"):
            return words[:200]
    slug = _LETTERBOXD.search(" ".join(said))
    return slug[1].replace("-", " ") if slug else ""
