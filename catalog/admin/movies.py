"""Admin of movies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, URLField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.datasets.cells import imdb_id, whole_number
from catalog.folding import fold
from catalog.models import FilmChange, Link, Movie
from catalog.rendering.field_changes import field_changes, label_of
from catalog.rendering.film_cards import cover
from catalog.services.film_changes import LINKS, State, record_change, state_of
from catalog.services.provenance import locked_fields, set_lock
from catalog.services.waiting_rows import tell_arrived

from .bulk_edit import BulkEditMixin
from .doubles import DoublesMixin
from .film_form import FilmForm
from .film_history import FilmHistoryMixin
from .large_tables import LargeTableAdmin
from .permissions import ReadOnlyAdmin
from .saved_searches import SavedSearchesMixin

GIVEN_IDS = ("imdb_id", "tmdb_id", "movielens_id")


class LinkInline(admin.StackedInline):
    model = Link
    verbose_name = verbose_name_plural = _("ids elsewhere")
    can_delete = False


class AbsenceFilter(admin.SimpleListFilter):
    """Films in which a text is missing, or is there."""

    column: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Missing")), ("there", _("There"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        if self.value() == "none":
            return queryset.filter(**{self.column: ""})
        return queryset.exclude(**{self.column: ""}) if self.value() == "there" else queryset


class PictureFilter(AbsenceFilter):
    title, parameter_name, column = _("picture"), "picture", "poster_path"


class DescriptionFilter(AbsenceFilter):
    title, parameter_name, column = _("description"), "description", "overview"


class DecadeFilter(admin.SimpleListFilter):
    title, parameter_name = _("decade"), "decade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        decades = [(str(year), f"{year}–{year + 9}") for year in range(2020, 1869, -10)]
        return [*decades, ("none", _("Year unknown"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        value = self.value()
        if value == "none":
            return queryset.filter(year=None)
        if value and value.isdecimal() and len(value) == 4:
            return queryset.filter(year__range=(int(value), int(value) + 9))
        return queryset


@admin.register(Movie)
class MovieAdmin(
    DoublesMixin, BulkEditMixin, SavedSearchesMixin, FilmHistoryMixin, LargeTableAdmin
):
    form = FilmForm
    list_display = ("title", "year", "original_title", "rating_count", "average", "shown")
    list_filter = (PictureFilter, DescriptionFilter, DecadeFilter, "adult", "hidden", "genres")
    ordering = ("-rating_count", "pk")
    search_fields = ("search_title",)
    search_help_text = _("Part of a title, or an IMDb, TMDB or MovieLens id.")
    actions = ("change_selected", "compare_selected")
    autocomplete_fields = ("collection", "genres", "companies", "countries", "spoken_languages")
    readonly_fields = ("rating_count", "average", "created_at", "updated_at", "picture")
    inlines = (LinkInline,)
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    save_on_top = True
    change_form_template = "admin/catalog/movie/change_form.html"
    fieldsets = (
        (
            None,
            {"fields": ("title", "original_title", "year", "genres", "collection", "hidden")},
        ),
        (
            _("Description"),
            {"fields": ("overview", "tagline", "picture", "poster_path", "homepage")},
        ),
        (_("Release"), {"fields": ("release_date", "runtime", "status", "adult", "video")}),
        (
            _("Made by"),
            {"fields": ("companies", "countries", "original_language", "spoken_languages")},
        ),
        (
            _("Figures from TMDB"),
            {
                "classes": ("collapse",),
                "fields": ("popularity", "vote_average", "vote_count", "budget", "revenue"),
            },
        ),
        (_("Locked fields"), {"classes": ("collapse",), "fields": ("locked",)}),
        (
            _("Here"),
            {
                "classes": ("collapse",),
                "fields": ("rating_count", "average", "created_at", "updated_at"),
            },
        ),
    )

    class Media:
        css = {"all": ["css/covers.css"]}

    @admin.display(description=_("average"))
    def average(self, movie: Movie) -> str:
        return f"{movie.average_rating:.2f}" if movie.average_rating else "–"

    @admin.display(description=_("on the site"), boolean=True)
    def shown(self, movie: Movie) -> bool:
        return not movie.hidden

    @admin.display(description=_("picture"))
    def picture(self, movie: Movie) -> SafeString | str:
        return cover(movie) if movie.pk else "–"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Movie], search_term: str
    ) -> tuple[QuerySet[Movie], bool]:
        """By title as the trigram index can find it, or by id."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(movie_condition(term)), False

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Movie, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """The form of a new film begins with the ids of its address, as with the title."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        given = {name: request.GET[name] for name in GIVEN_IDS if name in request.GET}
        if given and obj._state.adding and request.method == "GET":
            kwargs["initial"] = [given]
        return kwargs

    def save_model(self, request: HttpRequest, obj: Movie, form: Any, change: bool) -> None:
        form.state_before = state_of(obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After everything is written: what differs is kept, and locked."""
        super().save_related(request, form, formsets, change)
        movie: Movie = form.instance
        before: State = form.state_before or _nothing(movie)
        made = record_change(movie, before, editor_id=request.user.pk)
        _apply_locks(movie, set(form.cleaned_data.get("locked", ())), made)
        tell_arrived([movie.pk])  # its titles and ids may be those that an import waits for


def _nothing(movie: Movie) -> State:
    """What stands in the fields of a film that is not there yet."""
    empty: State = {}
    for name, value in state_of(movie).items():
        empty[name] = [] if isinstance(value, list) else "" if isinstance(value, str) else None
        if name == LINKS:
            empty[name] = dict.fromkeys(value)
        elif name == "hidden":
            empty[name] = False
    return empty


def _apply_locks(movie: Movie, wanted: set[str], made: FilmChange | None) -> None:
    """Locks as they were ticked; what was just written keeps its own."""
    written = set(made.fields) if made else set()
    locked = locked_fields(movie)
    for name in (wanted ^ locked) - written:
        set_lock(movie, name, locked=name in wanted)


@admin.register(FilmChange)
class FilmChangeAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("movie", "what", "editor", "changed_at", "undone_at")
    list_select_related = ("movie", "editor")
    ordering = ("-pk",)
    search_fields = ("=editor__username", "movie__search_title")
    fields = ("movie", "editor", "changed_at", "undone_at", "compared")

    @admin.display(description=_("fields"))
    def what(self, change: FilmChange) -> str:
        return ", ".join(label_of(name) for name in change.fields)

    @admin.display(description=_("fields"))
    def compared(self, change: FilmChange) -> SafeString:
        rows = field_changes(change.fields, change.names)
        return render_to_string("admin/catalog/movie/_field_changes.html", {"rows": rows})


def movie_condition(term: str, prefix: str = "") -> Q:
    """Movies of which the title has these letters, or some id is this one."""
    condition = Q(**{f"{prefix}search_title__contains": fold(term)})
    number = whole_number(term)
    if term.startswith("tt") and (imdb := imdb_id(term)):
        condition |= _link(prefix, "imdb_id", imdb)
    elif number:
        for name in ("movielens_id", "tmdb_id"):
            condition |= _link(prefix, name, number)
    return condition


def _link(prefix: str, name: str, value: Any) -> Q:
    movies = Link.objects.filter(**{name: value}).values("movie_id")
    return Q(**{f"{prefix}pk__in": movies})
