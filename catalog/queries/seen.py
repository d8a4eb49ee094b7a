"""What one user has seen: what is rated, in the diary, or marked as seen."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from catalog.models import DiaryEntry, Movie, Rating, SeenMovie

SAME_VIEWING = timedelta(days=1)


def seen_by(user_id: int, movie: str = "pk") -> Q:
    """Whether the user has seen the film whose key is at the path ``movie``."""
    of_user = {"user_id": user_id, "movie_id": OuterRef(movie)}
    return (
        Q(Exists(Rating.objects.filter(**of_user)))
        | Q(Exists(DiaryEntry.objects.filter(**of_user)))
        | Q(Exists(SeenMovie.objects.filter(**of_user)))
    )


def seen_earlier(user_id: int, movie: Movie) -> bool:
    """Whether the user has seen the film before the viewing that is written down now.

    Stars and marks of the last day are about that very viewing: it was rated first and logged then.
    """
    of_user = {"user_id": user_id, "movie": movie}
    until = timezone.now() - SAME_VIEWING
    return (
        DiaryEntry.objects.filter(**of_user).exists()
        or Rating.objects.filter(**of_user, rated_at__lt=until).exists()
        or SeenMovie.objects.filter(**of_user, marked_at__lt=until).exists()
    )
