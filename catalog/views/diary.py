"""The diary: what was watched when, with a form to write it and to change it."""

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.forms.personal import DiaryForm
from catalog.models import DiaryEntry, Movie, Rating
from catalog.queries.diary_counts import DiaryCounts
from catalog.queries.film import open_film
from catalog.queries.films_by_key import name_locally, name_of
from catalog.queries.seen import seen_earlier
from catalog.services.diary import DiaryError, Written, erase, write

from .parameters import film_asked_for, page_context
from .responses import back, member_id, member_required, refused, told, told_anew, undo_by

ENTRIES_ON_PAGE = 60


@require_safe
@member_required
def diary(request: HttpRequest) -> HttpResponse:
    """By month, the newest first; ``?year=`` keeps to one year."""
    entries = DiaryEntry.objects.filter(user_id=member_id(request))
    counts = DiaryCounts.of(entries)
    year = _year(request, counts)
    shown_year = year or next(iter(counts.years), None)
    shown = entries.filter(watched_on__year=year) if year else entries
    own = Rating.objects.filter(user_id=member_id(request), movie_id=OuterRef("movie_id"))
    shown = (
        shown.select_related("movie")
        .prefetch_related("movie__genres")
        .annotate(your_half_stars=Subquery(own.values("half_stars")[:1]))
    )
    return render(
        request,
        "catalog/diary.html",
        {
            **page_context(request, shown, ENTRIES_ON_PAGE),
            "counts": counts,
            "year": year,
            "shown": shown_year,
            "bars": counts.bars(shown_year) if shown_year else [],
        },
    )


def _year(request: HttpRequest, counts: DiaryCounts) -> int | None:
    """The year asked for, when the diary has it."""
    asked = request.GET.get("year", "")
    return next((year for year in counts.years if str(year) == asked), None)


@require_safe
@member_required
def choose_film(request: HttpRequest) -> HttpResponse:
    """From the box on the diary's page to the form."""
    movie = film_asked_for(request.GET)
    if movie is None:
        title = request.GET.get("title", "").strip()[:200]
        message = _("We do not know a film called “%(title)s”.") % {"title": title}
        if not title:
            message = _("Type a title first.")
        return refused(request, message, reverse("catalog:diary"))
    return redirect("catalog:log", movie.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Write that a film was watched: a dialog, and a page of its own without scripts."""
    user_id = member_id(request)
    movie = open_film(pk, request.user, Movie.objects.prefetch_related("genres"))
    form = DiaryForm(request.POST or None, initial={"rewatch": seen_earlier(user_id, movie)})
    if written := _written(form, user_id, movie):
        return told_anew(
            request,
            _("%(title)s is in your diary") % {"title": name_of(movie)},
            otherwise=movie.get_absolute_url(),
            undo=undo_by(user_id, "diary", written.before),
        )
    return _form_page(request, form, movie)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user_id = member_id(request)
    entry = get_object_or_404(DiaryEntry.objects.select_related("movie"), pk=pk, user_id=user_id)
    form = DiaryForm(request.POST) if request.method == "POST" else DiaryForm.of(entry)
    if written := _written(form, user_id, entry.movie, entry):
        return told_anew(
            request,
            _("Your diary entry was updated"),
            otherwise=reverse("catalog:diary"),
            undo=undo_by(user_id, "diary", written.before),
        )
    return _form_page(request, form, entry.movie, entry)


@require_POST
@member_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    user_id = member_id(request)
    if not DiaryEntry.objects.filter(pk=pk).exists():
        return redirect("catalog:diary")  # deleted already: what was wanted is so
    entry = get_object_or_404(DiaryEntry.objects.select_related("movie"), pk=pk, user_id=user_id)
    return told(
        request,
        _("%(title)s was deleted from your diary") % {"title": name_of(entry.movie)},
        otherwise=reverse("catalog:diary"),
        undo=undo_by(user_id, "diary", erase(entry)),
    )


def _written(
    form: DiaryForm, user_id: int, movie: Movie, entry: DiaryEntry | None = None
) -> Written | None:
    """What a valid form wrote; a form that is not gets its errors."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return write(user_id=user_id, movie=movie, viewing=form.viewing(), entry=entry)
    except DiaryError as error:
        form.add_error("watched_on", str(error))
        return None


def _form_page(
    request: HttpRequest, form: DiaryForm, movie: Movie, entry: DiaryEntry | None = None
) -> HttpResponse:
    otherwise = reverse("catalog:diary") if entry else movie.get_absolute_url()
    name_locally([movie])
    return render(
        request,
        "catalog/diary_form.html",
        {"form": form, "movie": movie, "entry": entry, "next": back(request, otherwise)},
    )
