"""What one user has seen: what is rated, in the diary, or marked as seen."""

from django.db.models import Exists, OuterRef, Q

from catalog.models import DiaryEntry, Rating, SeenMovie


def seen_by(user_id: int, movie: str = "pk") -> Q:
    """Whether the user has seen the film whose key is at the path ``movie``."""
    of_user = {"user_id": user_id, "movie_id": OuterRef(movie)}
    return (
        Q(Exists(Rating.objects.filter(**of_user)))
        | Q(Exists(DiaryEntry.objects.filter(**of_user)))
        | Q(Exists(SeenMovie.objects.filter(**of_user)))
    )
