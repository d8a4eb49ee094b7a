"""The services of a member: their one writer."""

from collections.abc import Collection

from catalog.models import Provider, StreamingChoice


def choose_services(
    *, user_id: int, country: str, providers: Collection[int], only_mine: bool
) -> StreamingChoice | None:
    """Remember where a member watches films; None, and nothing remembered, where nowhere."""
    known = sorted(Provider.objects.filter(pk__in=providers).values_list("pk", flat=True))
    if not known:
        StreamingChoice.objects.filter(user_id=user_id).delete()
        return None
    choice, _ = StreamingChoice.objects.update_or_create(
        user_id=user_id,
        defaults={"country": country, "providers": known, "only_mine": only_mine},
    )
    return choice


def show_only_mine(*, user_id: int, on: bool) -> bool:
    """Recommend only what the member's services have, or all films. False without services."""
    return bool(StreamingChoice.objects.filter(user_id=user_id).update(only_mine=on))
