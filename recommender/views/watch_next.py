"""What to watch after any list of films; the address holds the list, so that it can be shared."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Movie
from catalog.search import Resolution, resolve_title
from recommender.cards import cards
from recommender.histories import history_from, history_of
from recommender.personal import filters_of
from recommender.serving import Recommender

MOST_FILMS = 50
SHOWN = 24


@require_safe
def watch_next(request: HttpRequest) -> HttpResponse:
    """``?movie=1&movie=2`` are the films watched, the newest last; ``?title=`` is looked up.

    Context: ``movies`` watched, ``cards`` to watch next, ``unresolved`` titles with what they
    might have meant, ``version``.
    """
    movie_ids = _movie_ids(request)
    titles = [title.strip()[:200] for title in request.GET.getlist("title") if title.strip()]
    unresolved: list[Resolution] = []
    if titles:
        resolved, unresolved = _resolved(titles[:MOST_FILMS])
        movie_ids = list(dict.fromkeys([*movie_ids, *resolved]))[-MOST_FILMS:]
        if not unresolved:
            return redirect(f"{reverse('recommender:watch-next')}?{_query(movie_ids)}")
    films = Movie.objects.for_cards().in_bulk(movie_ids)
    watched = [films[pk] for pk in movie_ids if pk in films]
    person = _person(request, [movie.pk for movie in watched])
    ranking = person.watch_next(SHOWN)
    return render(
        request,
        "recommender/watch_next.html",
        {
            "movies": watched,
            "query": _query([movie.pk for movie in watched]),
            "cards": cards(person, ranking),
            "unresolved": unresolved,
            "version": ranking.version,
        },
    )


def _person(request: HttpRequest, movie_ids: list[int]) -> Recommender:
    """The list where one is given, else the member's own history; a member's filters hold."""
    if request.user.pk:
        filters = filters_of(request.user.pk)
        own = history_of(request.user.pk)
        if not movie_ids:
            return Recommender(own, filters)
        return Recommender(history_from(movie_ids, hidden_ids=own.hidden_ids), filters)
    return Recommender(history_from(movie_ids))


def _movie_ids(request: HttpRequest) -> list[int]:
    """What is not a number, or larger than a key can be, was never an address of ours."""
    given = [text for text in request.GET.getlist("movie") if text.isdecimal() and len(text) < 19]
    return list(dict.fromkeys(int(text) for text in given))[-MOST_FILMS:]


def _resolved(titles: list[str]) -> tuple[list[int], list[Resolution]]:
    answers = [resolve_title(title) for title in titles]
    found = [answer.movie.pk for answer in answers if answer.movie is not None]
    return found, [answer for answer in answers if answer.movie is None]


def _query(movie_ids: list[int]) -> str:
    return urlencode([("movie", pk) for pk in movie_ids])
