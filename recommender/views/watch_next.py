"""The page "watch next": after any list of films, which its address holds to be shared."""

from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.queries.film import surviving_keys
from catalog.queries.films_by_key import card_movies
from catalog.queries.search import Resolution, resolve_title
from catalog.views.parameters import keys_in, marks_in
from recommender.data.histories import history_from, history_of
from recommender.pages.cards import cards
from recommender.pages.changes import change_in_words
from recommender.pages.saved_filters import filters_for, named_filters, query_of
from recommender.serving import Recommender
from recommender.serving.filters import Filters

from .home import ANSWERS

MOST_FILMS = 50
SHOWN = 24


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def watch_next(request: HttpRequest) -> HttpResponse:
    """``?movie=1&movie=2`` are the films watched, the newest last; ``?title=`` is looked up.

    Filters may be named, too: see `recommender.pages.saved_filters`. Context: ``movies`` watched,
    ``cards`` to watch next, ``unresolved`` titles with what they might have meant, ``version``,
    ``query`` of the films, ``filter_query`` and ``filter_pairs`` of the filters that the address
    names, ``share`` of the films with the filters that hold.
    """
    movie_ids = keys_in(request.GET.getlist("movie"))[-MOST_FILMS:]
    named = named_filters(request.GET)
    filter_query = query_of(named) if named else ""
    titles = [title.strip()[:200] for title in request.GET.getlist("title") if title.strip()]
    unresolved: list[Resolution] = []
    if titles:
        resolved, unresolved = _resolved(titles[:MOST_FILMS])
        movie_ids = list(dict.fromkeys([*movie_ids, *resolved]))[-MOST_FILMS:]
        if not unresolved:
            address = reverse("recommender:watch-next")
            return redirect(f"{address}?{_joined(_query(movie_ids), filter_query)}")
    films = card_movies(movie_ids)
    if len(films) < len(movie_ids):
        movie_ids = list(dict.fromkeys(surviving_keys(movie_ids)))
        films = card_movies(movie_ids)
    watched = [films[pk] for pk in movie_ids if pk in films]
    filters = named or filters_for(request)
    recommender = _recommender(request, [movie.pk for movie in watched], filters)
    ranking = recommender.watch_next(SHOWN)
    found = cards(recommender, ranking)
    if request.htmx and request.htmx.target == ANSWERS:  # type: ignore[attr-defined]
        marks = marks_in(request)
        change = change_in_words(request.GET, marks, (card.movie for card in found))
        context = {"cards": found, "change": change, "marks": marks}
        return render(request, "recommender/_next_films.html", context)
    query = _query([movie.pk for movie in watched])
    return render(
        request,
        "recommender/watch_next.html",
        {
            "movies": watched,
            "query": query,
            "filter_query": filter_query,
            "filter_pairs": parse_qsl(filter_query),
            "filters_active": filters != Filters(),
            "share": _joined(query, query_of(filters)),
            "cards": found,
            "unresolved": unresolved,
            "version": ranking.version,
        },
    )


def _recommender(request: HttpRequest, movie_ids: list[int], filters: Filters) -> Recommender:
    """The list where one is given, else the member's own history; nothing closed to them."""
    if not request.user.pk:
        return Recommender(history_from(movie_ids), filters)
    own = history_of(request.user.pk)
    if not movie_ids:
        return Recommender(own, filters)
    return Recommender(history_from(movie_ids, hidden_ids=own.closed_ids), filters)


def _joined(*queries: str) -> str:
    return "&".join(filter(None, queries))


def _resolved(titles: list[str]) -> tuple[list[int], list[Resolution]]:
    answers = [resolve_title(title) for title in titles]
    found = [answer.movie.pk for answer in answers if answer.movie is not None]
    return found, [answer for answer in answers if answer.movie is None]


def _query(movie_ids: list[int]) -> str:
    return urlencode([("movie", pk) for pk in movie_ids])
