"""Scenarios: rules for recommendations that an operator writes and programs ask for by name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Genre, Movie
from catalog.queries.search import resolve_title
from recommender.models.scenario import Scenario

STRONGEST = 5.0
MOST_PINS = 20
YEARS = {"min_value": 1870, "max_value": 2200, "required": False}
MINUTES = {"min_value": 0, "max_value": 1000, "required": False}


class ScenarioForm(forms.ModelForm):
    """The rules as fields: boosts and pins are lines of text."""

    include_genres = forms.ModelMultipleChoiceField(
        Genre.objects.order_by("name"), label=gettext_lazy("only these genres"), required=False
    )
    exclude_genres = forms.ModelMultipleChoiceField(
        Genre.objects.order_by("name"), label=gettext_lazy("none of these genres"), required=False
    )
    year_from = forms.IntegerField(label=gettext_lazy("from year"), **YEARS)  # type: ignore[arg-type]
    year_to = forms.IntegerField(label=gettext_lazy("to year"), **YEARS)  # type: ignore[arg-type]
    runtime_from = forms.IntegerField(label=gettext_lazy("from minutes"), **MINUTES)  # type: ignore[arg-type]
    runtime_to = forms.IntegerField(label=gettext_lazy("to minutes"), **MINUTES)  # type: ignore[arg-type]
    boosts = forms.CharField(
        label=gettext_lazy("boosts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "A line for each genre, such as “Comedy = 0.5” or “Horror = -1”: by how many standard"
            " deviations of the score its films rise or fall."
        ),
    )
    pins = forms.CharField(
        label=gettext_lazy("pinned films"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A line for each film, its number or title; they come first."),
    )

    class Meta:
        model = Scenario
        fields = ("name", "description", "is_active", "question", "diversity", "popularity")

    FILTERS = ("year_from", "year_to", "runtime_from", "runtime_to")
    GENRES = ("include_genres", "exclude_genres")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        filters = self.instance.rules.get("filters", {})
        for name in (*self.FILTERS, *self.GENRES):
            self.fields[name].initial = filters.get(name)
        names = dict(Genre.objects.values_list("pk", "name"))
        self.fields["boosts"].initial = "\n".join(
            f"{names[genre]} = {weight:g}"
            for genre, weight in self.instance.rules.get("boosts", [])
            if genre in names
        )
        self.fields["pins"].initial = "\n".join(
            str(key) for key in self.instance.rules.get("pins", [])
        )

    def clean_boosts(self) -> list[list[float]]:
        names = {name.lower(): pk for pk, name in Genre.objects.values_list("pk", "name")}
        boosts: list[list[float]] = []
        for line in filter(None, map(str.strip, self.cleaned_data["boosts"].splitlines())):
            name, _sign, text = line.partition("=")
            genre = names.get(name.strip().lower())
            try:
                weight = float(text)
            except ValueError:
                weight = STRONGEST + 1
            if genre is None:
                raise forms.ValidationError(_("There is no genre “%s”.") % name.strip())
            if not -STRONGEST <= weight <= STRONGEST:
                raise forms.ValidationError(_("“%s”: a boost is from -5 to 5.") % line)
            boosts.append([genre, weight])
        return boosts

    def clean_pins(self) -> list[int]:
        pins: list[int] = []
        for line in filter(None, map(str.strip, self.cleaned_data["pins"].splitlines())):
            if line.isdecimal() and len(line) <= 18:
                movie = Movie.objects.filter(pk=int(line)).first()
            else:
                movie = resolve_title(line[:200]).movie
            if movie is None:
                raise forms.ValidationError(_("We do not know a film called “%s”.") % line)
            pins.append(movie.pk)
        if len(pins) > MOST_PINS:
            raise forms.ValidationError(_("At most %d films can be pinned.") % MOST_PINS)
        return list(dict.fromkeys(pins))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for first, last in (("year_from", "year_to"), ("runtime_from", "runtime_to")):
            low, high = values.get(first), values.get(last)
            if low is not None and high is not None and low > high:
                self.add_error(last, _("This comes before the beginning."))
        return values

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        values = self.cleaned_data
        filters = {name: values.get(name) for name in self.FILTERS}
        genres = {name: [one.pk for one in values.get(name) or ()] for name in self.GENRES}
        self.instance.rules = {
            "filters": {**filters, **genres},
            "boosts": values.get("boosts", []),
            "pins": values.get("pins", []),
        }


@admin.register(Scenario)
class ScenarioAdmin(admin.ModelAdmin):
    form = ScenarioForm
    list_display = ("name", "description", "question", "is_active", "changed_at")
    list_filter = ("is_active", "question")
    search_fields = ("name", "description")
    fieldsets = (
        (None, {"fields": ("name", "description", "is_active", "question")}),
        (
            gettext_lazy("Filters"),
            {
                "fields": (
                    "include_genres",
                    "exclude_genres",
                    ("year_from", "year_to"),
                    ("runtime_from", "runtime_to"),
                )
            },
        ),
        (gettext_lazy("Order"), {"fields": ("boosts", "pins", "diversity", "popularity")}),
    )
