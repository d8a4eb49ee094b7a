"""Lists of films: a member's own, one list, making, changing and deleting one."""

from contextlib import suppress
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import F, Prefetch, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.forms.personal import ListForm
from catalog.models import Movie, MovieList, MovieListEntry, StreamingChoice
from catalog.predictions import guesses_for
from catalog.queries.lists import lists_of_others
from catalog.queries.marks import marked_movies
from catalog.queries.providers import name_services
from catalog.services.lists import ListError, add_films, change_words, make_list

from .parameters import key_in, page_context
from .responses import member_id, member_required, refused
from .subscriptions import narrowed

FILMS_ON_PAGE = 100
LISTS_ON_PAGE = 24
COVERS_SHOWN = 5
# As many as "watch next" looks at.
NAMED_FOR_NEXT = 50


def own_list(request: HttpRequest, pk: int) -> MovieList:
    """The member's list with this key; 404 for anybody else's."""
    return get_object_or_404(MovieList, pk=pk, user_id=member_id(request))


@require_safe
@member_required
def mine(request: HttpRequest) -> HttpResponse:
    lists = MovieList.objects.filter(user_id=member_id(request)).with_sizes()
    paged = page_context(request, lists, LISTS_ON_PAGE)
    covers = first_films([films.pk for films in paged["page"]])
    return render(
        request,
        "catalog/lists.html",
        {
            **paged,
            "lists": [(films, covers.get(films.pk, [])) for films in paged["page"]],
        },
    )


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """Lists of others, for everybody."""
    paged = page_context(request, lists_of_others(request.user), LISTS_ON_PAGE)
    covers = first_films([films.pk for films in paged["page"]])
    lists = [(films, covers.get(films.pk, [])) for films in paged["page"]]
    return render(request, "catalog/lists_found.html", {**paged, "lists": lists})


def first_films(list_ids: list[int]) -> dict[int, list[Movie]]:
    """The films at the head of each list, for its picture."""
    place = Window(RowNumber(), partition_by=F("list_id"), order_by="position")
    entries = (
        MovieListEntry.objects.filter(list_id__in=list_ids, movie__hidden=False)
        .annotate(place=place)
        .filter(place__lte=COVERS_SHOWN)
        .order_by("list_id", "position")
        .select_related("movie")
        .prefetch_related("movie__genres")
    )
    found: dict[int, list[Movie]] = {}
    for entry in entries:
        found.setdefault(entry.list_id, []).append(entry.movie)
    return found


@require_safe
def one_list(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Public lists for everybody; a private one is there for its owner only."""
    visible = MovieList.objects.visible_to(request.user).select_related("user__sharing")
    films = get_object_or_404(visible, pk=pk)
    if slug != films.slug:
        return redirect(films)
    entries = films.entries.prefetch_related(Prefetch("movie", marked_movies(request.user)))
    if films.user_id != request.user.pk:
        entries = entries.filter(movie__hidden=False)
    entries, services = narrowed(request, entries)
    paged = page_context(request, entries, FILMS_ON_PAGE)
    entries_shown = paged["page"].object_list
    if services:
        name_services((entry.movie for entry in entries_shown), StreamingChoice.of(request.user.pk))
    guesses = guesses_for([entry.movie for entry in entries_shown], request.user)
    return render(
        request,
        "catalog/list.html",
        {
            "films": films,
            "services": services,
            **paged,
            "cards": [
                (entry, guess)
                for entry, (_movie, guess) in zip(entries_shown, guesses, strict=True)
            ],
            "next_query": _next_query(films),
            "is_own": films.user_id == request.user.pk,
        },
    )


def _next_query(films: MovieList) -> str:
    """The list's first films as "watch next" takes them: the one that counts most comes last."""
    first = films.entries.values_list("movie_id", flat=True)[:NAMED_FOR_NEXT]
    return urlencode([("movie", key) for key in reversed(first)])


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new_list(request: HttpRequest) -> HttpResponse:
    """``?movie=`` is put into it at once."""
    form = ListForm(request.POST or None)
    movie = _first_film(request)
    if request.method == "POST" and form.is_valid():
        try:
            films = make_list(user_id=member_id(request), **form.cleaned_data)
        except ListError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("The list “%(title)s” was created") % {"title": films.title}
            )
            if movie is None:
                return redirect("catalog:list-edit", films.pk)
            with suppress(ListError):  # deleted already, by another request
                add_films(films, [movie.pk])
            return redirect(films)
    return render(request, "catalog/list_new.html", {"form": form, "movie": movie})


def _first_film(request: HttpRequest) -> Movie | None:
    key = key_in(request.GET.get("movie", ""))
    return None if key is None else Movie.objects.visible().filter(pk=key).first()


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def edit_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The list's words, and its films to put in order; posting changes the words."""
    films = own_list(request, pk)
    form = ListForm(request.POST or None, instance=films)
    if request.method == "POST" and form.is_valid():
        try:
            change_words(films, form.cleaned_data)
        except ListError as error:
            return refused(request, str(error), reverse("catalog:lists"))
        messages.success(request, _("Saved"))
        return redirect("catalog:list-edit", films.pk)
    entries = films.entries.select_related("movie").prefetch_related("movie__genres")
    return render(
        request,
        "catalog/list_edit.html",
        {
            # What was typed but not saved is in the form only.
            "films": own_list(request, pk) if form.errors else films,
            "form": form,
            **page_context(request, entries, FILMS_ON_PAGE),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def delete_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: a deleted list does not come back."""
    if request.method == "POST" and not MovieList.objects.filter(pk=pk).exists():
        return redirect("catalog:lists")  # deleted already: what was wanted is so
    films = own_list(request, pk)
    if request.method == "POST":
        films.delete()
        messages.success(request, _("The list “%(title)s” was deleted") % {"title": films.title})
        return redirect("catalog:lists")
    return render(
        request, "catalog/list_delete.html", {"films": films, "size": films.entries.count()}
    )
