"""One change of what a member keeps at a time."""

from django.contrib.auth import get_user_model


def take_turn(*user_ids: int) -> None:
    """Wait until no other transaction changes what these members keep; ends with this one.

    Rows that are not there yet cannot be locked: two first entries of a diary, for example. Several
    members are locked in one order, so that requests that cross each other do not wait for ever.
    """
    users = get_user_model().objects.filter(pk__in=user_ids).order_by("pk")
    list(users.select_for_update(no_key=True).values_list("pk", flat=True))
