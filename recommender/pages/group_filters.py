"""What a group asks of the film: length, genre, language, where it can be watched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from django import forms
from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer, Provider
from catalog.rendering.language_names import language_name
from recommender.data.catalog_arrays import language_code
from recommender.learning.arrays import BoolArray
from recommender.serving.filters import Filters
from recommender.serving.live import live_state

LENGTHS = [
    ("", _("Any length")),
    ("90", _("Under 90 minutes")),
    ("120", _("Under two hours")),
    ("150", _("Under two and a half hours")),
]
LANGUAGES_OFFERED, SERVICES_OFFERED = 25, 30


class GroupForm(forms.Form):
    """Every field may stay empty. Services are those that offer films in ``country``."""

    length = forms.ChoiceField(label=_("Length"), required=False, choices=LENGTHS)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    service = forms.ChoiceField(label=_("Where to watch"), required=False)

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        catalog = live_state().catalog
        genres = [
            (str(pk), gettext(catalog.genre_names[place]))
            for pk, place in catalog.genre_places.items()
        ]
        numbers, counts = np.unique(catalog.language[catalog.language > 0], return_counts=True)
        most = numbers[np.argsort(-counts, kind="stable")][:LANGUAGES_OFFERED]
        codes = [language_code(int(number)) for number in most]
        languages = [(code, language_name(code)) for code in codes]
        services = [(str(one.pk), one.name) for one in _services(country)]
        self._offer("genre", _("Any genre"), genres)
        self._offer("language", _("Any language"), languages)
        self._offer("service", _("Anywhere"), services)
        if not services:
            del self.fields["service"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "select"

    def _offer(self, name: str, any_label: Any, choices: list[tuple[str, str]]) -> None:
        ordered = sorted(choices, key=lambda choice: choice[1])
        self.fields[name].choices = [("", any_label), *ordered]  # type: ignore[attr-defined]

    def narrowed(self, filters: Filters) -> Filters:
        """The member's own filters with what was asked for tonight; nonsense counts as nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("length"):
            filters = replace(filters, runtime_to=int(wanted["length"]), runtime_from=None)
        if wanted.get("genre"):
            filters = replace(filters, include_genres=(int(wanted["genre"]),))
        if wanted.get("language"):
            filters = replace(filters, languages=(wanted["language"],))
        return filters

    def offered(self) -> BoolArray | None:
        """bool (num_movies,): what the service asked for has in the country; None for anywhere."""
        self.is_valid()
        if not (service := self.cleaned_data.get("service")):
            return None
        offers = Offer.objects.filter(provider=int(service), country=self.country)
        keys = np.array(list(offers.values_list("movie_id", flat=True).distinct()), np.int64)
        there: BoolArray = np.isin(live_state().catalog.movie_ids, keys)
        return there


def _services(country: str) -> list[Provider]:
    """Those with the most films of this site."""
    rows = (
        Offer.objects.filter(country=country)
        .order_by()
        .values("provider")
        .annotate(films=Count("movie", distinct=True))
        .order_by("-films", "provider")
        .values_list("provider", flat=True)[:SERVICES_OFFERED]
    )
    return list(Provider.objects.filter(pk__in=list(rows)))
