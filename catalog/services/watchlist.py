"""The watchlist, and hidden films."""

from catalog.models import HiddenMovie, Movie, WatchlistEntry


def set_watchlisted(*, user_id: int, movie: Movie, on: bool) -> None:
    """Put a film on the user's watchlist, or take it off; saying it twice changes nothing."""
    if on:
        WatchlistEntry.objects.get_or_create(user_id=user_id, movie=movie)
    else:
        WatchlistEntry.objects.filter(user_id=user_id, movie=movie).delete()


def set_hidden(*, user_id: int, movie: Movie, on: bool) -> None:
    """Never recommend a film to the user again, or allow it again."""
    if on:
        HiddenMovie.objects.get_or_create(user_id=user_id, movie=movie)
    else:
        HiddenMovie.objects.filter(user_id=user_id, movie=movie).delete()
