"""The form of the recommendation filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.rendering.language_names import language_name
from recommender.data.catalog_arrays import CatalogArrays, language_code
from recommender.models import Preferences
from recommender.serving.live import live_state

LANGUAGES_OFFERED = 40
LENGTHS = [
    ("", _("Any length")),
    ("90", _("Under 90 minutes")),
    ("120", _("Under two hours")),
    ("150", _("Under two and a half hours")),
]


class _Numbers(forms.TypedMultipleChoiceField):
    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label, required=False, coerce=int, widget=forms.CheckboxSelectMultiple
        )


class PreferencesForm(forms.ModelForm):
    """Genres and languages are offered from the catalog arrays, without a query."""

    include_genres = _Numbers(_("Only these genres"))
    exclude_genres = _Numbers(_("None of these genres"))
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    popularity = forms.FloatField(
        label=_("Hidden gems or well known"),
        min_value=-1,
        max_value=1,
        widget=forms.NumberInput(attrs={"type": "range", "step": "0.25"}),
    )
    diversity = forms.FloatField(
        label=_("Variety"),
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"type": "range", "step": "0.1"}),
    )

    class Meta:
        model = Preferences
        fields: Sequence[str] = (
            "include_genres",
            "exclude_genres",
            "year_from",
            "year_to",
            "runtime_from",
            "runtime_to",
            "languages",
            "popularity",
            "diversity",
            "show_adult",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        catalog = live_state().catalog
        names = [gettext(name) for name in catalog.genre_names]
        genres = [(pk, names[place]) for pk, place in catalog.genre_places.items()]
        genres.sort(key=lambda genre: genre[1])
        self._offer("include_genres", genres)
        self._offer("exclude_genres", genres)
        self._offer("languages", _languages(catalog))
        if not catalog.knows_lengths:
            del self.fields["runtime_from"], self.fields["runtime_to"]
        drop_empty(self)

    def _offer(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def drop_empty(form: forms.BaseForm) -> None:
    """Ask for nothing that no film of the site has."""
    for name, field in list(form.fields.items()):
        choices: Sequence[tuple[Any, str]] = getattr(field, "choices", [("any", "")])
        if not any(key for key, _label in choices):
            del form.fields[name]


def _languages(catalog: CatalogArrays) -> list[tuple[str, str]]:
    """The languages that most films were made in, by name."""
    numbers, counts = np.unique(catalog.language[catalog.language > 0], return_counts=True)
    most = numbers[np.argsort(-counts, kind="stable")][:LANGUAGES_OFFERED]
    codes = [language_code(int(number)) for number in most]
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])


class RowForm(forms.Form):
    """What narrows the page of a row; nothing is remembered."""

    genre = forms.ChoiceField(label=_("Genre"), required=False)
    decade = forms.ChoiceField(label=_("Decade"), required=False)
    length = forms.ChoiceField(label=_("Length"), required=False, choices=LENGTHS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        catalog = live_state().catalog
        genres = [
            (str(pk), gettext(catalog.genre_names[place]))
            for pk, place in catalog.genre_places.items()
        ]
        genres.sort(key=lambda genre: genre[1])
        decades = np.unique(catalog.year[catalog.year > 0] // 10 * 10)[::-1]
        self.fields["genre"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Any genre")),
            *genres,
        ]
        self.fields["decade"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Any decade")),
            *((str(year), gettext("%ds") % year) for year in decades),
        ]
        if not catalog.knows_lengths:
            del self.fields["length"]
        drop_empty(self)
