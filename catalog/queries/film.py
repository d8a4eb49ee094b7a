"""One film by its key: as it is open to the reader, or the film into which it was merged."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import Http404

from catalog.models import FilmAlias, Movie
from catalog.models.movie import MovieQuerySet


def find_film(pk: int, movies: MovieQuerySet | None = None) -> Movie:
    """The film, hidden or not; under the key of a merged film, the one that stayed.

    Raises Http404.
    """
    among = Movie.objects.all() if movies is None else movies
    movie = among.filter(pk=pk).first()
    if movie is None:
        movie = among.filter(pk__in=FilmAlias.objects.filter(former_id=pk).values("movie")).first()
    if movie is None:
        raise Http404(f"there is no film {pk}")
    return movie


def open_film(
    pk: int, user: AbstractBaseUser | AnonymousUser, movies: MovieQuerySet | None = None
) -> Movie:
    """As `find_film`, but a hidden film is there for editors only."""
    movie = find_film(pk, movies)
    if movie.hidden and not may_edit_films(user):
        raise Http404(f"film {pk} is hidden")
    return movie


def surviving_keys(movie_ids: Sequence[int]) -> list[int]:
    """The same keys, with those of merged films replaced by the films that stayed."""
    aliases = FilmAlias.objects.filter(former_id__in=movie_ids)
    stayed = dict(aliases.values_list("former_id", "movie_id"))
    return [stayed.get(key, key) for key in movie_ids]


def may_edit_films(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the user looks after the catalog."""
    return bool(getattr(user, "is_staff", False)) and user.has_perm("catalog.change_movie")  # type: ignore[union-attr]
