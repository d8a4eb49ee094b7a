"""A member's friends: who they are, who asks, and asking others."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Block, Friendship, Sharing
from catalog.queries.members import profiles_for
from catalog.services.friends import ACTIONS, FriendshipError, ask, nobody_to_ask, to_ask_by_name

from .responses import member_id, member_required, refused, told

MOST_SHOWN = 1000
DONE = {
    "ask": _("You sent %(name)s a friend request"),
    "accept": _("You and %(name)s are now friends"),
    "refuse": _("You declined the request from %(name)s"),
    "withdraw": _("You withdrew your request to %(name)s"),
    "remove": _("You and %(name)s are no longer friends"),
    "block": _("%(name)s is blocked"),
    "unblock": _("%(name)s is no longer blocked"),
}


@require_safe
@never_cache
@member_required
def friends(request: HttpRequest) -> HttpResponse:
    """Friendships as ``friends``, ``asking`` and ``asked``, each with its ``other``; ``blocks``."""
    user_id = member_id(request)
    friendships = Friendship.objects.of(user_id)
    found = friendships.select_related("sender__sharing", "receiver__sharing")[:MOST_SHOWN]
    sorted_: dict[str, list[tuple[Any, Friendship]]] = {"friends": [], "asking": [], "asked": []}
    for one in found:
        other = one.receiver if one.sender_id == user_id else one.sender
        if one.accepted_at:
            sorted_["friends"].append((other, one))
        else:
            sorted_["asked" if one.sender_id == user_id else "asking"].append((other, one))
    sorted_["friends"].sort(key=lambda pair: pair[0].get_username().casefold())
    shown = {kind: [pair for pair in pairs if pair[0].is_active] for kind, pairs in sorted_.items()}
    blocks = Block.objects.filter(blocker_id=user_id).select_related("blocked__sharing")
    sharing = Sharing.of(request.user)  # type: ignore[arg-type]  # a member, not a visitor
    return render(
        request,
        "catalog/friends.html",
        {**shown, "blocks": blocks[:MOST_SHOWN], "sharing": sharing},
    )


@require_safe
@never_cache
@member_required
def waiting(request: HttpRequest) -> HttpResponse:
    """How many requests wait for an answer: for the menu, which asks when it is opened."""
    asking = Friendship.objects.waiting().filter(
        receiver_id=member_id(request), sender__is_active=True
    )
    return render(request, "catalog/_waiting.html", {"waiting": asking.count()})


@require_POST
@member_required
def ask_by_name(request: HttpRequest) -> HttpResponse:
    try:
        other = to_ask_by_name(member_id(request), request.POST.get("name", ""))
        are_friends = ask(member_id(request), other.pk)
    except FriendshipError as error:
        return refused(request, str(error), reverse("catalog:friends"))
    said = DONE["accept"] if are_friends else DONE["ask"]
    return told(request, str(said % {"name": other}), otherwise=reverse("catalog:friends"))


@require_POST
@member_required
def change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one of ``catalog.services.friends.ACTIONS`` with the member ``pk``."""
    if action not in ACTIONS:
        raise Http404(f"there is no action {action!r}")
    user_id, otherwise = member_id(request), reverse("catalog:friends")
    try:
        other = _within_reach(request, pk)
        if other is None:
            # Nothing may be learnt of members who are not to be seen, not even that they exist.
            raise nobody_to_ask()
        result = ACTIONS[action](user_id, other.pk)
    except FriendshipError as error:
        return refused(request, str(error), otherwise)
    if action == "accept" and not result:
        return refused(request, gettext("That request no longer exists."), otherwise)
    said = DONE["accept" if action == "ask" and result else action]
    if action == "block":
        # The page from which it was done may not be there any more.
        return _told_on_friends(request, str(said % {"name": other}))
    return told(request, str(said % {"name": other}), otherwise=otherwise)


def _told_on_friends(request: HttpRequest, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("catalog:friends")


def _within_reach(request: HttpRequest, pk: int) -> Any:
    """The member, if the reader has to do with that member or may see the profile; else None."""
    user_id = member_id(request)
    if pk == user_id:
        return None
    if found := profiles_for(request.user).filter(pk=pk).first():
        return found
    known = Friendship.objects.between(user_id, pk).exists()
    if known or Block.objects.filter(blocker_id=user_id, blocked_id=pk).exists():
        return get_object_or_404(get_user_model(), pk=pk)
    return None
