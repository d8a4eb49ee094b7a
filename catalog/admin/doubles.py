"""Possible doubles: the list of pairs, two films side by side, and what is decided about them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.models import Movie
from catalog.queries.doubles import Sign, forget_count, likely_doubles, what_hangs_on
from catalog.rendering.field_changes import field_changes
from catalog.services.film_changes import state_of
from catalog.services.film_merge import MergeError, merge_films, say_distinct

PAIRS_ON_PAGE = 20
SIGNS = {
    Sign.IMDB: gettext_lazy("same IMDb id"),
    Sign.TMDB: gettext_lazy("same TMDB id"),
    Sign.TITLE: gettext_lazy("same title and year"),
}
HANGING = {
    "diary": gettext_lazy("in diaries"),
    "lists": gettext_lazy("on lists"),
    "watchlist": gettext_lazy("on watchlists"),
    "seen": gettext_lazy("marked as seen"),
    "hidden": gettext_lazy("not interested"),
}


class DoublesMixin(admin.ModelAdmin):
    """The pages about doubles, under the list of films."""

    def get_urls(self) -> list[URLPattern]:
        protect = self.admin_site.admin_view
        return [
            path("doubles/", protect(self.doubles_view), name="catalog_movie_doubles"),
            path("compare/", protect(self.compare_view), name="catalog_movie_compare"),
            path("merge/", protect(require_POST(self.merge_view)), name="catalog_movie_merge"),
            path(
                "distinct/",
                protect(require_POST(self.distinct_view)),
                name="catalog_movie_distinct",
            ),
            *super().get_urls(),
        ]

    @admin.action(description=gettext_lazy("Compare and merge two films"), permissions=["change"])
    def compare_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            self.message_user(request, _("Select the two films to compare."), messages.WARNING)
            return None
        address = reverse("admin:catalog_movie_compare")
        return HttpResponseRedirect(f"{address}?one={keys[0]}&other={keys[1]}")

    def doubles_view(self, request: HttpRequest) -> HttpResponse:
        _check(self, request)
        page = Paginator(likely_doubles(), PAIRS_ON_PAGE).get_page(request.GET.get("page"))
        keys = {key for pair in page for key in (pair.first, pair.second)}
        films = Movie.objects.with_link_and_genres().in_bulk(keys)
        pairs = [
            (films[pair.first], films[pair.second], [SIGNS[sign] for sign in sorted(pair.signs)])
            for pair in page
            if {pair.first, pair.second} <= films.keys()
        ]
        return self._page(
            request, "doubles", {"title": _("Possible doubles"), "pairs": pairs, "page": page}
        )

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """``?one=1&other=2``; the film with more ratings is proposed to stay."""
        _check(self, request)
        films = _two_films(request.GET)
        films.sort(key=lambda film: (-film.rating_count, film.pk))
        kept, gone = films
        states = [state_of(film) for film in films]
        pairs = {name: [states[0][name], states[1][name]] for name in states[0]}
        names = {
            name: {str(one.pk): str(one) for film in films for one in _related(film, name)}
            for name in ("collection", "genres", "companies", "countries", "spoken_languages")
        }
        hanging = what_hangs_on([film.pk for film in films])
        context = {
            "title": _("Are these one film?"),
            "films": films,
            "rows": [row for row in field_changes(pairs, names) if row.before or row.after],
            "ratings": [film.rating_count for film in films],
            "hanging": [
                (label, hanging[kept.pk].get(name, 0), hanging[gone.pk].get(name, 0))
                for name, label in HANGING.items()
            ],
        }
        return self._page(request, "compare", context)

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        _check(self, request)
        one, other = _two_films(request.POST)
        if request.POST.get("keep") == str(other.pk):
            one, other = other, one
        try:
            merge = merge_films(one, other, editor_id=request.user.pk)
        except MergeError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:catalog_movie_doubles"))
        forget_count()
        names = {"gone": merge.gone_title, "kept": merge.kept_title}
        self.message_user(request, _("%(gone)s is now a part of %(kept)s.") % names)
        return HttpResponseRedirect(reverse("admin:catalog_filmmerge_change", args=[merge.pk]))

    def distinct_view(self, request: HttpRequest) -> HttpResponse:
        _check(self, request)
        one, other = _two_films(request.POST)
        say_distinct(one.pk, other.pk, editor_id=request.user.pk)
        forget_count()
        self.message_user(request, _("They are kept as two films, and not shown as doubles again."))
        return HttpResponseRedirect(reverse("admin:catalog_movie_doubles"))

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/catalog/movie/{name}.html", whole)


def _check(model_admin: admin.ModelAdmin, request: HttpRequest) -> None:
    if not model_admin.has_change_permission(request):
        raise PermissionDenied


def _two_films(values: Any) -> list[Movie]:
    keys = [values.get("one", ""), values.get("other", "")]
    if not all(key.isdecimal() and len(key) < 19 for key in keys) or keys[0] == keys[1]:
        raise Http404("two films are needed")
    films = Movie.objects.select_related("link", "collection").in_bulk([int(key) for key in keys])
    if len(films) < 2:
        raise Http404("one of the films is not there")
    return [films[int(key)] for key in keys]


def _related(film: Movie, name: str) -> list[Any]:
    if name == "collection":
        return [film.collection] if film.collection else []
    return list(getattr(film, name).all())
