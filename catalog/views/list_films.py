"""The films of a list: adding, moving, noting, removing; and the lists that a film is on."""

from functools import wraps

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.forms.personal import NoteForm
from catalog.models import Movie, MovieList, MovieListEntry
from catalog.queries.film import find_film, open_film
from catalog.queries.films_by_key import name_locally, name_of
from catalog.services.lists import (
    ListError,
    ListGoneError,
    add_films,
    annotate_film,
    move_film,
    remove_films,
)

from .lists import own_list
from .parameters import film_asked_for
from .responses import P, View, member_id, member_required, refused, told, undo_by


@require_safe
@never_cache
@member_required
def lists_of_film(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog in which a film is put on lists; a page of its own without scripts."""
    movie = open_film(pk, request.user, Movie.objects.prefetch_related("genres"))
    name_locally([movie])
    entries = MovieListEntry.objects.filter(list_id=OuterRef("pk"), movie=movie)
    lists = (
        MovieList.objects.filter(user_id=member_id(request))
        .with_sizes()
        .annotate(has_film=Exists(entries))
        .order_by("-updated_at", "-pk")
    )
    return render(request, "catalog/film_lists.html", {"movie": movie, "lists": lists})


def list_may_go(view: View[P]) -> View[P]:
    """Says so where a list is deleted between its being found and its being changed."""

    @wraps(view)
    def told_so(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ListGoneError as error:
            return refused(request, str(error), reverse("catalog:lists"))

    return told_so


@require_POST
@member_required
@list_may_go
def add_film(request: HttpRequest, pk: int) -> HttpResponse:
    """``movie`` is a key; else ``title`` is looked up."""
    films = own_list(request, pk)
    edit_page = reverse("catalog:list-edit", args=[films.pk])
    movie = film_asked_for(request.POST)
    if movie is None:
        title = request.POST.get("title", "").strip()[:200]
        message = _("We do not know a film called “%(title)s”.") % {"title": title}
        if not title:
            message = _("Type a title first.")
        return refused(request, message, edit_page)
    names = {"title": name_of(movie), "list": films.title}
    try:
        new = add_films(films, [movie.pk])
    except ListGoneError:
        raise
    except ListError as error:
        return refused(request, str(error), edit_page)
    if not new:
        return told(request, _("%(title)s is already on “%(list)s”") % names, otherwise=edit_page)
    return told(
        request,
        _("%(title)s is on “%(list)s”") % names,
        otherwise=edit_page,
        undo=undo_by(member_id(request), "added-to-list", {"list": films.pk, "films": [movie.pk]}),
    )


@require_POST
@member_required
@list_may_go
def remove_film(request: HttpRequest, pk: int, movie_pk: int) -> HttpResponse:
    films = own_list(request, pk)
    movie = find_film(movie_pk)
    removed = remove_films(films, [movie.pk])
    step = undo_by(member_id(request), "removed-from-list", {"list": films.pk, "films": removed})
    return told(
        request,
        _("%(title)s was removed from “%(list)s”") % {"title": name_of(movie), "list": films.title},
        otherwise=reverse("catalog:list-edit", args=[films.pk]),
        undo=step if removed else None,
    )


@require_POST
@member_required
@list_may_go
def move(request: HttpRequest, pk: int, movie_pk: int) -> HttpResponse:
    """``step`` is -1 for up or 1 for down; else ``place`` is where the film shall stand, from 1."""
    films = own_list(request, pk)
    movie = find_film(movie_pk)
    edit_page = reverse("catalog:list-edit", args=[films.pk])
    step, place = request.POST.get("step"), request.POST.get("place", "")
    if step in ("-1", "1"):
        now = move_film(films, movie.pk, step=int(step))
    elif place.isdecimal() and len(place) < 10:
        now = move_film(films, movie.pk, place=int(place))
    else:
        return refused(request, _("A position in a list is a number."), edit_page)
    message = _("%(title)s is now number %(place)s") % {"title": name_of(movie), "place": now}
    return told(request, message, otherwise=edit_page)


@require_POST
@member_required
@list_may_go
def note(request: HttpRequest, pk: int, movie_pk: int) -> HttpResponse:
    films = own_list(request, pk)
    edit_page = reverse("catalog:list-edit", args=[films.pk])
    form = NoteForm(request.POST)
    if not form.is_valid():
        return refused(request, form.errors["note"].as_text(), edit_page)
    annotate_film(films, movie_pk, form.cleaned_data["note"])
    return told(request, _("Saved"), otherwise=edit_page)
