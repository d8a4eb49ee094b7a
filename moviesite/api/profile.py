"""The account of the member who asks: name, what others may see, and all data as one document."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema
from pydantic import StrictBool

from catalog.api.auth import MEMBER, member_id
from catalog.api.payloads import Json
from catalog.api.refusals import invalid_form
from catalog.api.schemas import Problem
from catalog.forms.personal import SharingForm
from catalog.models import Sharing
from catalog.models.sharing import CHOICES
from moviesite.accounts.export import json_document
from moviesite.accounts.forms import ProfileForm
from moviesite.accounts.models import User

router = Router(tags=["me"], auth=MEMBER)


class ProfileChange(Schema):
    """What is left out stays as it is."""

    username: str | None = None
    is_public: StrictBool | None = None
    findable: StrictBool | None = None
    shares_ratings: StrictBool | None = None
    watch_together: StrictBool | None = None
    shown_to_operators: StrictBool | None = None


class ProfileOut(Schema):
    username: str
    is_public: bool
    findable: bool
    shares_ratings: bool
    watch_together: bool
    shown_to_operators: bool


@router.get("profile", response={200: ProfileOut, 401: Problem}, summary="Your profile")
def get_profile(request: HttpRequest) -> Json:
    user = User.objects.select_related("sharing").get(pk=member_id(request))
    return _profile_json(user)


@router.patch("profile", response={200: ProfileOut, 401: Problem}, summary="Change your profile")
def patch_profile(request: HttpRequest, body: ProfileChange) -> Json:
    user = User.objects.select_related("sharing").get(pk=member_id(request))
    wanted = _profile_json(user) | body.dict(exclude_none=True)
    form = ProfileForm(wanted, instance=user)
    sharing = SharingForm(wanted, instance=Sharing.of(user))
    if not (form.is_valid() and sharing.is_valid()):
        raise invalid_form(form, sharing)
    with transaction.atomic():
        user.save(update_fields=form.changed_data)
        Sharing.objects.update_or_create(user=user, defaults=sharing.cleaned_data)
    return get_profile(request)


@router.get(
    "export",
    response={200: dict, 401: Problem},
    summary="All that the site keeps of you, as one JSON document",
)
def export(request: HttpRequest) -> StreamingHttpResponse:
    user = cast(User, request.auth)  # type: ignore[attr-defined]
    return StreamingHttpResponse(json_document(user), content_type="application/json")


def _profile_json(user: User) -> Json:
    sharing = Sharing.of(user)
    return {"username": user.username, **{name: getattr(sharing, name) for name in CHOICES}}
