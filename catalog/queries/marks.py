"""A user's own stars, watchlist and hidden films, read together with the films."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Exists, OuterRef, Subquery

from catalog.models import DiaryEntry, HiddenMovie, Movie, Rating, SeenMovie, WatchlistEntry
from catalog.models.movie import MovieQuerySet


def marked_movies(user: AbstractBaseUser | AnonymousUser) -> MovieQuerySet:
    """All films with their genres and the user's marks: for cards beside something else.

    For cards of films whose keys are known see :func:`catalog.queries.films_by_key.card_movies`.
    """
    return with_marks(Movie.objects.prefetch_related("genres"), user)


def with_marks(movies: MovieQuerySet, user: AbstractBaseUser | AnonymousUser) -> MovieQuerySet:
    """Each film with the user's ``your_half_stars`` (or None), ``on_watchlist`` and ``is_hidden``.

    ``is_marked_seen`` and ``is_in_diary`` say why a film without stars counts as seen. For a
    visitor the films come as they are: templates read a missing mark as none.
    """
    if not user.is_authenticated:
        return movies
    of_user = {"user_id": user.pk, "movie_id": OuterRef("pk")}
    return movies.annotate(
        your_half_stars=Subquery(Rating.objects.filter(**of_user).values("half_stars")[:1]),
        on_watchlist=Exists(WatchlistEntry.objects.filter(**of_user)),
        is_hidden=Exists(HiddenMovie.objects.filter(**of_user)),
        is_marked_seen=Exists(SeenMovie.objects.filter(**of_user)),
        is_in_diary=Exists(DiaryEntry.objects.filter(**of_user)),
    )
