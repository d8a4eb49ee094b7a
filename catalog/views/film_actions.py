"""Actions on one film: rate, watchlist, seen, not interested."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from catalog.models import Movie, Rating, SeenMovie
from catalog.queries.film import find_film, open_film
from catalog.queries.films_by_key import name_locally, name_of
from catalog.queries.marks import marked_movies
from catalog.queries.seen import seen_by
from catalog.rendering.film_cards import stars_in_words
from catalog.services.bulk_ratings import rate_one
from catalog.services.ratings import InvalidRatingError, half_stars_of
from catalog.services.seen import mark_seen, unmark_seen
from catalog.services.undo import UndoError, undo
from catalog.services.watchlist import set_hidden, set_watchlisted

from .responses import done, member_id, member_required, not_undone, refused, undo_by


@require_POST
@member_required
def rate_movie(request: HttpRequest, pk: int) -> HttpResponse:
    """``rating`` is 0.5 to 5.0, empty to take the rating away; ``step`` undoes an earlier one."""
    if step := request.POST.get("step"):
        return _rated_as_before(request, find_film(pk), step)
    wanted = request.POST.get("rating", "")
    movie = _film(request, pk, on=bool(wanted))
    user_id = member_id(request)
    half_stars = None
    if wanted:
        try:
            half_stars = half_stars_of(wanted)
        except InvalidRatingError:
            return refused(
                request,
                _("A rating is between half a star and five stars."),
                movie.get_absolute_url(),
            )
    before = rate_one(user_id, movie, half_stars)
    undo = undo_by(user_id, "ratings", before)
    # By this view, which tells the page what is true then; the page needs not be shown anew.
    undo["url"] = reverse("catalog:rate", args=[movie.pk])
    return _rated(request, movie, half_stars, undo)


def _rated_as_before(request: HttpRequest, movie: Movie, step: str) -> HttpResponse:
    user_id = member_id(request)
    try:
        undo(user_id, step)
    except UndoError as error:
        return not_undone(request, error, movie.get_absolute_url())
    kept = Rating.objects.filter(user_id=user_id, movie=movie).first()
    return _rated(request, movie, kept.half_stars if kept else None, None)


def _rated(
    request: HttpRequest, movie: Movie, half_stars: int | None, undo: dict[str, object] | None
) -> HttpResponse:
    title = name_of(movie)
    return done(
        request,
        message=_("%(title)s: %(rating)s") % {"title": title, "rating": stars_in_words(half_stars)}
        if half_stars
        else _("Your rating of %(title)s was deleted") % {"title": title},
        event="film-rated",
        detail={"movie": movie.pk, "stars": half_stars / 2 if half_stars else None},
        undo=undo,
        otherwise=movie.get_absolute_url(),
    )


@require_POST
@member_required
def keep_movie(request: HttpRequest, pk: int) -> HttpResponse:
    """Watchlist: ``on`` is 1 to put the film there, 0 to take it off."""
    on = request.POST.get("on") != "0"
    movie = _film(request, pk, on=on)
    set_watchlisted(user_id=member_id(request), movie=movie, on=on)
    if not on:
        text = _("%(title)s was removed from your watchlist")
    elif Movie.objects.filter(seen_by(member_id(request)), pk=movie.pk).exists():
        text = _("You have seen %(title)s: your watchlist does not show it")
    else:
        text = _("%(title)s is on your watchlist")
    return _switched(request, movie, on=on, text=text, event="film-kept", view="catalog:keep")


@require_POST
@member_required
def hide_movie(request: HttpRequest, pk: int) -> HttpResponse:
    """Not interested: ``on`` is 1 to hide the film from recommendations, 0 to allow it again."""
    on = request.POST.get("on") != "0"
    movie = _film(request, pk, on=on)
    set_hidden(user_id=member_id(request), movie=movie, on=on)
    text = (
        _("%(title)s will not be recommended again")
        if on
        else _("%(title)s can be recommended again")
    )
    return _switched(request, movie, on=on, text=text, event="film-hidden", view="catalog:hide")


@require_POST
@member_required
def see_movie(request: HttpRequest, pk: int) -> HttpResponse:
    """Seen: ``on`` is 1 to mark the film as seen, 0 to take the mark away.

    A mark that is there already stays with its day.
    """
    on = request.POST.get("on") != "0"
    movie = _film(request, pk, on=on)
    user_id = member_id(request)
    if on:
        mark = SeenMovie.objects.filter(user_id=user_id, movie=movie).first()
        watched_on = mark.watched_on if mark else None
        before = mark_seen(user_id=user_id, movie=movie, watched_on=watched_on).before
        text = _("You have seen %(title)s: it will not be recommended")
    else:
        before = unmark_seen(user_id=user_id, movie=movie)
        text = _("%(title)s is no longer marked as seen")
    return done(
        request,
        message=text % {"title": name_of(movie)},
        event="film-seen",
        detail={"movie": movie.pk, "on": on},
        undo=undo_by(user_id, "seen", before),
        otherwise=movie.get_absolute_url(),
    )


@require_GET
@never_cache
@member_required
def film_actions(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog of a film card: stars, watchlist, seen, not interested."""
    movie = open_film(pk, request.user, marked_movies(request.user))
    name_locally([movie])
    return render(request, "catalog/_actions.html", {"movie": movie})


def _film(request: HttpRequest, pk: int, *, on: bool) -> Movie:
    """Of a film that is hidden from the site members may take away what they said of it."""
    return open_film(pk, request.user) if on else find_film(pk)


def _switched(
    request: HttpRequest, movie: Movie, *, on: bool, text: str, event: str, view: str
) -> HttpResponse:
    """The answer to a mark set or taken away, which ``view`` undoes."""
    return done(
        request,
        message=text % {"title": name_of(movie)},
        event=event,
        detail={"movie": movie.pk, "on": on},
        undo={
            "url": reverse(view, args=[movie.pk]),
            "name": "on",
            "value": "0" if on else "1",
        },
        otherwise=movie.get_absolute_url(),
    )
