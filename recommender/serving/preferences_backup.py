"""Filters of a member's export, brought back into a site: see `backed_up_settings`."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from catalog.models import Genre
from recommender.models import Preferences

SEPARATOR = "; "
GENRES = ("include_genres", "exclude_genres")
NUMBERS = ("year_from", "year_to", "runtime_from", "runtime_to")
FRACTIONS = ("popularity", "diversity")


class BackedUpPreferences:
    """Taken where the member has chosen nothing; genres that are not here are left out."""

    def restore(self, user_id: int, exported: Mapping[str, Any]) -> dict[str, Any] | None:
        if Preferences.objects.filter(user_id=user_id).exists():
            return None
        try:
            chosen = Preferences(user_id=user_id, **_values(exported))
            chosen.full_clean(exclude=["user"])
        except (ValidationError, ValueError, TypeError):
            return None
        chosen.save()
        return _kept(chosen)

    def take_back(self, user_id: int, before: Mapping[str, Any]) -> None:
        chosen = Preferences.objects.filter(user_id=user_id).first()
        if chosen is not None and _kept(chosen) == before:
            chosen.delete()


def _values(exported: Mapping[str, Any]) -> dict[str, Any]:
    """From JSON, or from cells of a table."""
    values: dict[str, Any] = {name: _genres(exported.get(name)) for name in GENRES}
    values["languages"] = _list(exported.get("languages"))
    values["show_adult"] = exported.get("show_adult") in (True, "true")
    for name in NUMBERS:
        value = exported.get(name)
        values[name] = None if value in (None, "") else int(value)
    for name in FRACTIONS:
        values[name] = float(exported.get(name) or 0)
    return values


def _list(value: Any) -> list[str]:
    if isinstance(value, str):
        return [one for one in value.split(SEPARATOR) if one]
    return [str(one) for one in value or ()]


def _genres(value: Any) -> list[int]:
    known = dict(Genre.objects.filter(name__in=_list(value)).values_list("name", "pk"))
    return [known[name] for name in _list(value) if name in known]


def _kept(chosen: Preferences) -> dict[str, Any]:
    names = (*GENRES, "languages", "show_adult", *NUMBERS, *FRACTIONS)
    return {name: getattr(chosen, name) for name in names}
