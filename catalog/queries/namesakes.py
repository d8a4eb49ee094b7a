"""Films to choose from, with what tells namesakes apart: picture, year, country and director."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.models import Movie

from .films_by_key import name_locally
from .people import directors_of

MOST_DIRECTORS = 3


@dataclass(frozen=True)
class Suggestion:
    movie: Movie
    directors: list[str]


def suggestions_by_key(movie_ids: Collection[int]) -> dict[int, Suggestion]:
    """The films that are there, in a few queries for all of them."""
    films = Movie.objects.with_link_and_genres().prefetch_related("countries").in_bulk(movie_ids)
    name_locally(films.values())
    directors = directors_of(films) if films else {}
    return {
        key: Suggestion(movie, directors.get(key, [])[:MOST_DIRECTORS])
        for key, movie in films.items()
    }
