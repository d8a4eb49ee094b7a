"""What comes from TMDB: refreshes, films asked for, and what it says of a film on its form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from catalog.models import FilmRequest, Movie, Origin, TmdbRefresh
from catalog.services.tmdb_fields import COLUMNS, collection_of, relations_of
from catalog.tmdb.client import Tmdb, is_on
from catalog.tmdb.errors import TmdbError

from .desk import Attention, Reader, needs_attention
from .film_history import ProposalError, propose_from
from .large_tables import LargeTableAdmin
from .links import movie_ids
from .permissions import ReadOnlyAdmin


@admin.register(TmdbRefresh)
class TmdbRefreshAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Films by when they are refreshed next; those that failed first."""

    list_display = ("movie", "fetched_at", "due_at", "failures", "problem")
    list_filter = ("problem",)
    list_select_related = ("movie",)
    ordering = ("due_at", "pk")
    search_fields = ("movie__search_title",)
    search_help_text = gettext_lazy("Part of a title, or an IMDb, TMDB or MovieLens id.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(movie__in=movie_ids(term)) if term else queryset), False


@admin.register(FilmRequest)
class FilmRequestAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """What members asked for, and what became of it."""

    list_display = ("__str__", "tmdb_id", "movie", "user", "state", "problem", "created_at")
    view_on_site = False  # the page is the member's own
    list_filter = ("state",)
    list_select_related = ("movie", "user")
    ordering = ("-pk",)
    search_fields = ("=tmdb_id",)


@needs_attention
def refreshes_that_failed(user: Reader) -> Attention | None:
    if not is_on() or not user.has_perm("catalog.view_tmdbrefresh"):  # type: ignore[union-attr]
        return None
    count = TmdbRefresh.objects.filter(failures__gt=0).count()
    text = ngettext(
        "film could not be refreshed from TMDB", "films could not be refreshed from TMDB", count
    )
    return Attention(count, text, reverse("admin:catalog_tmdbrefresh_changelist"))


def propose(movie: Movie) -> dict[str, Any]:
    """What TMDB says of a film now, as `catalog.services.film_changes` takes it."""
    if not is_on():
        raise ProposalError(gettext("This site has no key of TMDB."))
    link = getattr(movie, "link", None)
    tmdb = Tmdb()
    try:
        tmdb_id = link.tmdb_id if link else None
        if tmdb_id is None and link is not None and link.imdb_id:
            found = tmdb.find_by_imdb(link.imdb_id)
            tmdb_id = found.tmdb_id if found else None
        if tmdb_id is None:
            raise ProposalError(gettext("The film has no id by which TMDB knows it."))
        film = tmdb.film(tmdb_id)
    except TmdbError as error:
        raise ProposalError(str(error)) from error
    values = {name: getattr(film, name) for name in COLUMNS}
    known = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
        if value not in (None, "")
    }
    relations = {name: sorted(one.pk for one in rows) for name, rows in relations_of(film).items()}
    known |= {name: keys for name, keys in relations.items() if keys}
    if (collection := collection_of(film)) is not None:
        known["collection"] = collection.pk
    return known


propose_from("tmdb", gettext_lazy("TMDB"), Origin.TMDB, propose, is_on)
