"""The filters of recommendations that the member who asks has saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from catalog.api.auth import MEMBER, member_id
from catalog.api.payloads import Json
from catalog.api.refusals import invalid_form
from catalog.api.schemas import Problem
from recommender.forms import PreferencesForm
from recommender.models import Preferences
from recommender.pages.saved_filters import keep_for_member
from recommender.serving.filters import FILTER_NAMES
from recommender.serving.member import filters_of

from .schemas import FiltersIn, FiltersOut

router = Router(tags=["me"], auth=MEMBER)


@router.get("filters", response={200: FiltersOut, 401: Problem}, summary="Your saved filters")
def get_filters(request: HttpRequest) -> Json:
    filters = filters_of(member_id(request))
    return {name: getattr(filters, name) for name in FILTER_NAMES}


@router.put(
    "filters", response={200: FiltersOut, 401: Problem}, summary="Save filters for recommendations"
)
def put_filters(request: HttpRequest, body: FiltersIn) -> Json:
    """What is left out is as it was at first: no filter."""
    user_id = member_id(request)
    kept = Preferences.objects.filter(user_id=user_id).first()
    form = PreferencesForm(_as_sent(body.dict()), instance=kept or Preferences(user_id=user_id))
    if not form.is_valid():
        raise invalid_form(form)
    keep_for_member(form.instance)
    return get_filters(request)


@router.delete("filters", response={204: None, 401: Problem}, summary="Go back to no filters")
def delete_filters(request: HttpRequest) -> Status:
    Preferences.objects.filter(user_id=member_id(request)).delete()
    return Status(204, None)


def _as_sent(values: Json) -> dict[str, Any]:
    """As a form has them: lists of texts, and nothing for None."""
    return {
        name: [str(one) for one in value] if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }
