"""Which films of a watchlist have come to a member's services."""

from __future__ import annotations

from catalog.models import NoticeKind, StreamingChoice, WatchlistEntry
from catalog.queries.seen import seen_by
from catalog.services.notices import tell_of_offers


def tell_of_watchlists() -> int:
    """Look at all members who named services. Returns how many notices were made."""
    chosen = StreamingChoice.objects.filter(user__is_active=True)
    return sum(_tell(choice) for choice in chosen.iterator())


def _tell(choice: StreamingChoice) -> int:
    wanted = WatchlistEntry.objects.filter(
        ~seen_by(choice.user_id, "movie_id"),
        choice.includes("movie_id"),
        user_id=choice.user_id,
        movie__hidden=False,
    )
    keys = list(wanted.order_by("-added_at").values_list("movie_id", flat=True))
    return tell_of_offers(choice.user_id, NoticeKind.AVAILABLE, keys)
