"""Lists of films, as others come upon them: those of members with a public profile."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from catalog.models import Movie, MovieList
from catalog.models.movie_list import MovieListQuerySet

from .members import profiles_for

LISTS_SHOWN = 8
FEWEST_FILMS = 3  # of a list that is shown to everybody


def lists_with(movie: Movie, reader: AbstractBaseUser | AnonymousUser) -> list[MovieList]:
    """Lists that have the film, the reader's own among them, the latest changed first."""
    found = _shown_by_others(reader) | MovieList.objects.filter(user_id=reader.pk or 0)
    with_film = found.filter(entries__movie=movie).with_sizes().select_related("user")
    return list(with_film.order_by("-updated_at", "-pk")[:LISTS_SHOWN])


def lists_of_others(reader: AbstractBaseUser | AnonymousUser) -> MovieListQuerySet:
    """Lists with some films in them, the latest changed first; the reader knows the own ones."""
    found = _shown_by_others(reader).exclude(user_id=reader.pk or 0)
    return found.with_sizes(FEWEST_FILMS).select_related("user").order_by("-updated_at", "-pk")


def _shown_by_others(reader: AbstractBaseUser | AnonymousUser) -> MovieListQuerySet:
    """Published, of members whom the reader may come upon; others show by their address alone."""
    members = profiles_for(reader).values("pk")
    return MovieList.objects.published().filter(user_id__in=members)
