"""What a group asks of the film: length, genre, language, where it can be watched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
from django import forms
from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer, Provider, StreamingChoice
from catalog.rendering.language_names import language_name
from recommender.data.catalog_arrays import language_code
from recommender.forms import LENGTHS, drop_empty
from recommender.learning.arrays import BoolArray
from recommender.serving.filters import Filters
from recommender.serving.live import live_state

LANGUAGES_OFFERED, SERVICES_OFFERED = 25, 30
OURS = "ours"  # on a service of any of them


class GroupForm(forms.Form):
    """Every field may stay empty. Services are those that offer films in ``country``.

    ``group``: the keys of all who watch. Where any of them has named services, what those include
    can be asked for; whose service it is, is not told. Who wants only films of their own services
    gets those of the group's without asking: one of them is enough to watch a film together.
    """

    length = forms.ChoiceField(label=_("Length"), required=False, choices=LENGTHS)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    service = forms.ChoiceField(label=_("Where to watch"), required=False)

    def __init__(
        self, *args: Any, country: str, group: Collection[int] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        self.choices = list(StreamingChoice.objects.filter(user_id__in=group))
        self.only_ours = False
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
        ours = [(OURS, _("A service of ours"))] if self.choices else []
        self._offer("genre", _("Any genre"), genres)
        self._offer("language", _("Any language"), languages)
        self._offer("service", _("Anywhere"), services, ours)
        if not catalog.knows_lengths:
            del self.fields["length"]
        drop_empty(self)
        for field in self.fields.values():
            field.widget.attrs["class"] = "select"

    def _offer(
        self, name: str, any_label: Any, choices: list[tuple[str, str]], first: Any = ()
    ) -> None:
        ordered = sorted(choices, key=lambda choice: choice[1])
        self.fields[name].choices = [("", any_label), *first, *ordered]  # type: ignore[attr-defined]

    def narrowed(self, filters: Filters) -> Filters:
        """The member's own filters with what was asked for tonight; nonsense counts as nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        if filters.only_mine and filters.services:
            filters, self.only_ours = replace(filters, only_mine=False), True
        if wanted.get("length"):
            filters = replace(filters, runtime_to=int(wanted["length"]) - 1, runtime_from=None)
        if wanted.get("genre"):
            filters = replace(filters, include_genres=(int(wanted["genre"]),))
        if wanted.get("language"):
            filters = replace(filters, languages=(wanted["language"],))
        return filters

    def offered(self) -> BoolArray | None:
        """bool (num_movies,): what the service asked for has in the country; None for anywhere."""
        self.is_valid()
        service = self.cleaned_data.get("service")
        if service == OURS or (not service and self.only_ours):
            return self._ours()
        if not service:
            return None
        offers = Offer.objects.filter(provider=int(service), country=self.country)
        keys = np.array(list(offers.values_list("movie_id", flat=True).distinct()), np.int64)
        there: BoolArray = np.isin(live_state().catalog.movie_ids, keys)
        return there

    def _ours(self) -> BoolArray:
        catalog = live_state().catalog
        there = np.zeros(len(catalog), np.bool_)
        for one in self.choices:
            there |= catalog.offers.mask(len(catalog), one.country, one.providers)
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
