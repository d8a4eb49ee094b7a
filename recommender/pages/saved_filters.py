"""Saved filters: a member's in the database, a visitor's in the session.

An address may name filters, too, so that a list can be shared with them; those hold for that one
page and change nothing of what is kept.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db import transaction
from django.http import HttpRequest, QueryDict

from catalog.services.turns import take_turn
from recommender.forms import PreferencesForm
from recommender.models import Preferences
from recommender.serving.filters import FILTER_NAMES, Filters
from recommender.serving.member import filters_of

SESSION_KEY = "recommender.filters"
_DEFAULTS = asdict(Filters())


def filters_for(request: HttpRequest) -> Filters:
    """What the address names, else what was chosen before, else the defaults."""
    if (named := named_filters(request.GET)) is not None:
        return named
    if request.user.pk:
        return filters_of(request.user.pk)
    return _from_session(request)


def named_filters(query: QueryDict) -> Filters | None:
    """The filters in an address; None where it names none, or makes no sense."""
    if query.keys().isdisjoint(FILTER_NAMES):
        return None
    given = query.copy()
    for name in ("popularity", "diversity"):
        given.setdefault(name, str(_DEFAULTS[name]))
    form = PreferencesForm(given, instance=Preferences())
    return _filters_in(form.instance) if form.is_valid() else None


def query_of(filters: Filters) -> str:
    """``year_from=1990&languages=fr``: what an address says to have these filters."""
    values = {name: getattr(filters, name) for name in FILTER_NAMES}
    changed = {name: value for name, value in values.items() if value != _DEFAULTS[name]}
    return urlencode(changed, doseq=True)


def without_filters(address: str) -> str:
    """The address without the filters that it names: those that are kept hold again."""
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    for name in FILTER_NAMES:
        query.pop(name, None)
    return urlunsplit(parts._replace(query=query.urlencode()))


def chosen_by(request: HttpRequest) -> Preferences:
    """What a form begins with; saved for a member only."""
    if request.user.pk:
        kept = Preferences.objects.filter(user_id=request.user.pk).first()
        return kept or Preferences(user_id=request.user.pk)
    return Preferences(**_lists(_from_session(request)))


def keep(request: HttpRequest, chosen: Preferences) -> None:
    """Remember what a valid form says."""
    if request.user.pk:
        keep_for_member(chosen)
    else:
        request.session[SESSION_KEY] = _lists(_filters_in(chosen))


def keep_for_member(chosen: Preferences) -> None:
    """Save a member's choice; one that is there already is replaced."""
    with transaction.atomic():
        take_turn(chosen.user_id)  # two first choices would both add the row
        chosen.save()


def forget(request: HttpRequest) -> None:
    """Back to the defaults."""
    if request.user.pk:
        Preferences.objects.filter(user_id=request.user.pk).delete()
    else:
        request.session.pop(SESSION_KEY, None)


def _filters_in(preferences: Preferences) -> Filters:
    return Filters.of({name: getattr(preferences, name) for name in FILTER_NAMES})


def _from_session(request: HttpRequest) -> Filters:
    return Filters.of(request.session.get(SESSION_KEY, {}))


def _lists(filters: Filters) -> dict[str, Any]:
    """As JSON and the database have it: lists for tuples."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(filters).items()
        if name in FILTER_NAMES
    }
