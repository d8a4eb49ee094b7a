"""The admin's page on which two versions of a kind rank for one history, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Movie, Rating
from catalog.models.sharing import shares
from catalog.queries.films_by_key import named_movies
from recommender.data.histories import History, history_of
from recommender.learning.artifact import ArtifactError
from recommender.models import ModelVersion
from recommender.serving.filters import Filters
from recommender.serving.member import filters_of
from recommender.serving.side_by_side import SideBySide, side_by_side

LIKED, DISLIKED = 4.5, 1.5
MOST_FILMS = 50
VERSIONS_OFFERED = 100


class ComparisonForm(forms.Form):
    """Two versions, and whose history: a member's who agreed, or a made-up one."""

    before = forms.TypedChoiceField(label=gettext_lazy("This version"), coerce=int)
    after = forms.TypedChoiceField(label=gettext_lazy("beside this one"), coerce=int)
    member = forms.CharField(
        label=gettext_lazy("For the member"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Only members who allow it in their settings can be chosen."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    liked = forms.ModelMultipleChoiceField(
        label=gettext_lazy("or for somebody made up who liked"),
        queryset=Movie.objects.none(),
        required=False,
    )
    disliked = forms.ModelMultipleChoiceField(
        label=gettext_lazy("and disliked"), queryset=Movie.objects.none(), required=False
    )

    def __init__(self, *args: Any, versions: list[ModelVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.pk: version for version in versions}
        offered = [(one.pk, _told(one)) for one in versions]
        for name in ("before", "after"):
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        for name in ("liked", "disliked"):
            field = self.fields[name]
            picker = AutocompleteSelectMultiple(Rating._meta.get_field("movie"), admin.site)
            field.widget = picker
            field.queryset = Movie.objects.only("title", "year")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        pair = [self.versions.get(cleaned.get(name, 0)) for name in ("before", "after")]
        if all(pair) and pair[0].kind != pair[1].kind:  # type: ignore[union-attr]
            self.add_error("after", _("Choose two versions of one kind."))
        films = [*cleaned.get("liked", ()), *cleaned.get("disliked", ())]
        if bool(films) == bool(cleaned.get("member")):
            raise ValidationError(_("Name a member or choose films: one of the two."))
        if len(films) > MOST_FILMS:
            raise ValidationError(_("Choose at most %(most)d films.") % {"most": MOST_FILMS})
        return cleaned

    def clean_member(self) -> Any:
        """One answer for who is not there and for who did not agree."""
        name = self.cleaned_data["member"].strip()
        if not name:
            return None
        found = get_user_model().objects.filter(
            shares("shown_to_operators"), username=name, is_active=True
        )
        if (member := found.first()) is None:
            raise ValidationError(
                _("There is no member “%(name)s” who lets operators look.") % {"name": name}
            )
        return member

    def history(self) -> tuple[History, Filters]:
        """Whose list is made; the form is valid."""
        if member := self.cleaned_data["member"]:
            return history_of(member.pk), filters_of(member.pk)
        liked = [movie.pk for movie in self.cleaned_data["liked"]]
        disliked = [movie.pk for movie in self.cleaned_data["disliked"] if movie.pk not in liked]
        return (
            History(
                movie_ids=np.array([*disliked, *liked], np.int64),
                stars=np.array([DISLIKED] * len(disliked) + [LIKED] * len(liked), np.float32),
            ),
            Filters(),
        )


def compare_path(model_admin: admin.ModelAdmin) -> URLPattern:
    """The address of the page, for those who may look at versions."""

    def view(request: HttpRequest) -> HttpResponse:
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        context = {**model_admin.admin_site.each_context(request), **_context(request)}
        return TemplateResponse(request, "admin/recommender/compare.html", context)

    return path(
        "compare/",
        model_admin.admin_site.admin_view(view),
        name="recommender_modelversion_compare",
    )


def _context(request: HttpRequest) -> dict[str, Any]:
    offered = ModelVersion.objects.with_artifact().order_by("-pk").defer("settings", "metrics")
    asked = request.GET if "after" in request.GET else None
    versions = list(offered[:VERSIONS_OFFERED])
    form = ComparisonForm(asked, versions=versions, initial=_first_choice(versions))
    context: dict[str, Any] = {
        "title": _("Two versions side by side"),
        "form": form,
        "media": form.media,
        "opts": ModelVersion._meta,
    }
    if not form.is_valid():
        return context
    before, after = (form.versions[form.cleaned_data[name]] for name in ("before", "after"))
    history, filters = form.history()
    try:
        found = side_by_side(history, before, after, filters)
    except (ArtifactError, OSError) as error:
        form.add_error(None, _("A version cannot be read: %(error)s") % {"error": error})
        return context
    return {**context, **_shown(found), "before": before, "after": after, "asked": len(history)}


def _first_choice(versions: list[ModelVersion]) -> dict[str, int]:
    """The two newest versions of the kind that was trained last."""
    kind = versions[0].kind if versions else ""
    alike = [version.pk for version in versions if version.kind == kind]
    return {"after": alike[0], "before": alike[-1 if len(alike) < 2 else 1]} if alike else {}


def _shown(found: SideBySide) -> dict[str, Any]:
    films = named_movies(standing.movie_id for standing in found.standings)
    names = {pk: film.shown_title for pk, film in films.items()}
    standings = [(names[one.movie_id], one) for one in found.standings if one.movie_id in names]
    return {
        "found": found,
        "lists": [[names[pk] for pk in one if pk in names] for one in (found.before, found.after)],
        "standings": standings,
        "nothing_moved": found.before == found.after,
    }


def _told(version: ModelVersion) -> str:
    return f"{version.get_kind_display()} {version.pk} ({version.get_status_display()})"
