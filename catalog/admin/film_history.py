"""The history of a film, undoing a change, and proposals from elsewhere field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import FilmChange, FilmMerge, Movie, Origin
from catalog.rendering.field_changes import field_changes, label_of
from catalog.services.film_changes import ChangeError, change_film, state_of, undo_change
from catalog.services.provenance import locked_fields

CHANGES_ON_PAGE = 25


class ProposalError(Exception):
    """The source cannot say anything now; the message says why, for the editor."""


# What a source knows of a film: values as `catalog.services.film_changes` takes them.
Propose = Callable[[Movie], Mapping[str, Any]]
_sources: dict[str, tuple[str | Promise, Origin, Propose]] = {}
_offered: dict[str, Callable[[], bool]] = {}


def propose_from(
    name: str,
    label: str | Promise,
    origin: Origin,
    propose: Propose,
    is_offered: Callable[[], bool] = lambda: True,
) -> None:
    """Offer on each film's form to fetch its fields from here; ``name`` stands in the address."""
    _sources[name] = (label, origin, propose)
    _offered[name] = is_offered


class FilmHistoryMixin(admin.ModelAdmin):
    """History with undo under each film, and "fetch from …" with what would change."""

    def get_urls(self) -> list[URLPattern]:
        protect = self.admin_site.admin_view
        return [
            path(
                "changes/<int:pk>/undo/",
                protect(require_POST(self.undo_view)),
                name="catalog_movie_undo_change",
            ),
            path(
                "<int:pk>/propose/<slug:source>/",
                protect(self.propose_view),
                name="catalog_movie_propose",
            ),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        movie = self.get_object(request, object_id)
        if movie is None:
            raise Http404("there is no such film")
        if not self.has_view_or_change_permission(request, movie):
            raise PermissionDenied
        changes = FilmChange.objects.filter(movie=movie).select_related("editor")
        page = Paginator(changes, CHANGES_ON_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": movie,
            "title": _("History of %(film)s") % {"film": movie},
            "changes": [(one, field_changes(one.fields, one.names)) for one in page],
            "merges": FilmMerge.objects.filter(kept_id=movie.pk).select_related("editor"),
            "page": page,
            "may_change": self.has_change_permission(request, movie),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/catalog/movie/history.html", context)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        change = get_object_or_404(FilmChange.objects.select_related("movie"), pk=pk)
        back = HttpResponseRedirect(reverse("admin:catalog_movie_history", args=[change.movie_id]))
        try:
            left = undo_change(change, editor_id=request.user.pk)
        except (ChangeError, IntegrityError):
            text = _("This change cannot be undone: another film or a later change is in the way.")
            self.message_user(request, text, messages.ERROR)
            return back
        self.message_user(request, _("The change was undone."))
        if left:
            names = ", ".join(label_of(name) for name in left)
            text = _("Changed again since, and left as it is now: %(fields)s.")
            self.message_user(request, text % {"fields": names}, messages.WARNING)
        return back

    def propose_view(self, request: HttpRequest, pk: int, source: str) -> HttpResponse:
        """What a source says of a film beside what stands here; the editor takes what is better."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        movie = get_object_or_404(Movie, pk=pk)
        if source not in _sources:
            raise Http404(f"nothing is fetched from {source}")
        label, origin, propose = _sources[source]
        form_page = HttpResponseRedirect(reverse("admin:catalog_movie_change", args=[pk]))
        try:
            proposed = dict(propose(movie))
        except ProposalError as error:
            self.message_user(request, str(error), messages.ERROR)
            return form_page
        if request.method == "POST":
            chosen = {
                name: proposed[name] for name in request.POST.getlist("field") if name in proposed
            }
            changed = change_film(movie, chosen, editor_id=request.user.pk, origin=origin)
            text = _("The chosen fields were taken over.") if changed else _("Nothing was changed.")
            self.message_user(request, text)
            return form_page
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": movie,
            "source": label,
            "title": _("What %(source)s says of %(film)s") % {"source": label, "film": movie},
            "rows": proposal_rows(movie, proposed),
        }
        return TemplateResponse(request, "admin/catalog/movie/proposal.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        sources = [
            (name, label)
            for name, (label, _origin, _propose) in _sources.items()
            if _offered[name]()
        ]
        context = {"proposal_sources": sources}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )


def proposal_rows(movie: Movie, proposed: Mapping[str, Any]) -> list[Any]:
    """The fields in which a proposal differs from the film, with what an editor has locked."""
    now = state_of(movie)
    pairs = {name: [now[name], value] for name, value in proposed.items() if name in now}
    differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    names = (
        {
            name: {str(one.pk): str(one) for one in _named(name, pair)}
            for name, pair in differing.items()
            if Movie._meta.get_field(name).is_relation
        }
        if differing
        else {}
    )
    return field_changes(differing, names, locked_fields(movie))


def _named(name: str, pair: list[Any]) -> list[Any]:
    related: Any = Movie._meta.get_field(name).related_model
    keys = {key for one in pair for key in (one if isinstance(one, list) else [one]) if key}
    return list(related._default_manager.filter(pk__in=keys))
