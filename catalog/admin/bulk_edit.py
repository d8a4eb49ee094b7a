"""Changing many films at once, from the list of films."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Collection, Genre, Movie
from catalog.services.film_changes import MOST_AT_ONCE, change_films

from .film_form import language_choices

KEEP = ("", gettext_lazy("Leave as it is"))
SWITCH = [KEEP, ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
NAMED = 20


class BulkEditForm(forms.Form):
    """Whatever is left empty stays as it is."""

    def __init__(self, *args: Any, admin_site: admin.AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        genres, collection = Movie._meta.get_field("genres"), Movie._meta.get_field("collection")
        for name, label in (
            ("add_genres", _("Add genres")),
            ("remove_genres", _("Remove genres")),
        ):
            self.fields[name] = forms.ModelMultipleChoiceField(
                Genre.objects.all(),
                label=label,
                required=False,
                widget=AutocompleteSelectMultiple(genres, admin_site),
            )
        self.fields["collection"] = forms.ModelChoiceField(
            Collection.objects.all(),
            label=_("Put into the collection"),
            required=False,
            widget=AutocompleteSelect(collection, admin_site),
        )
        self.fields["no_collection"] = forms.BooleanField(
            label=_("Take out of their collection"), required=False
        )
        self.fields["original_language"] = forms.ChoiceField(
            label=_("Original language"), required=False, choices=[KEEP, *language_choices()]
        )
        self.fields["adult"] = forms.ChoiceField(
            label=_("Adults only"), required=False, choices=SWITCH
        )
        self.fields["hidden"] = forms.ChoiceField(
            label=_("Hidden from the site"), required=False, choices=SWITCH
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("collection") and values.get("no_collection"):
            self.add_error("no_collection", _("Choose a collection or none, not both."))
        both = set(values.get("add_genres") or ()) & set(values.get("remove_genres") or ())
        if both:
            names = ", ".join(sorted(str(genre) for genre in both))
            text = _("These cannot be added and removed at once: %(genres)s.")
            self.add_error("remove_genres", text % {"genres": names})
        if not self.errors and not any(values.values()):
            self.add_error(None, _("Say what shall change."))
        return values

    def columns(self) -> dict[str, Any]:
        """The columns to set, as `catalog.services.film_changes` takes them."""
        values = self.cleaned_data
        columns: dict[str, Any] = {
            name: values[name] == "yes" for name in ("adult", "hidden") if values[name]
        }
        if values["original_language"]:
            columns["original_language"] = values["original_language"]
        if values["collection"] or values["no_collection"]:
            columns["collection"] = values["collection"] and values["collection"].pk
        return columns


class BulkEditMixin(admin.ModelAdmin):
    """The action "change the selected films" with a page that asks what to change."""

    @admin.action(description=gettext_lazy("Change the selected films"), permissions=["change"])
    def change_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(keys) > MOST_AT_ONCE:
            text = _("At most %(most)d films can be changed at once: narrow the list first.")
            self.message_user(request, text % {"most": MOST_AT_ONCE}, messages.ERROR)
            return None
        form = BulkEditForm(
            request.POST if "apply" in request.POST else None, admin_site=self.admin_site
        )
        if form.is_bound and form.is_valid():
            changed = change_films(
                Movie.objects.filter(pk__in=keys),
                editor_id=request.user.pk,
                columns=form.columns(),
                add_genres=[genre.pk for genre in form.cleaned_data["add_genres"]],
                remove_genres=[genre.pk for genre in form.cleaned_data["remove_genres"]],
            )
            text = ngettext("%(n)d film was changed.", "%(n)d films were changed.", changed)
            self.message_user(request, text % {"n": changed})
            return None
        number = len(keys)
        title = ngettext("Change %(n)d film", "Change %(n)d films", number) % {"n": number}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "media": self.media + form.media,
            "keys": keys,
            "checkbox": ACTION_CHECKBOX_NAME,
            "films": Movie.objects.filter(pk__in=keys[:NAMED]),
            "more": max(0, number - NAMED),
        }
        return TemplateResponse(request, "admin/catalog/movie/bulk_edit.html", context)
