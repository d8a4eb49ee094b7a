"""What a search box answers: films and people, those with misspelt names too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Movie, Person
from catalog.models.movie import MovieQuerySet

from .people import FoundPerson, find_people, find_similar_people
from .search import Match, Matches, films_by, matches_of, named_by, nearest_of


@dataclass(frozen=True)
class Answer:
    """``keys`` of films and ``people``, best first.

    ``is_good``: the first film bears that very title, or somebody that name.
    """

    keys: list[int]
    people: list[Person]
    is_good: bool

    def movies(self) -> list[Movie]:
        """The films, ready to be shown as cards."""
        cards = Movie.objects.with_link_and_genres().in_bulk(self.keys)
        return [cards[key] for key in self.keys if key in cards]


def answer(query: str, *, films: int, people: int, within: MovieQuerySet) -> Answer:
    """At most so many films and people that a query means, the films from ``within``.

    People with a name like the query are looked for where no name and no title has its words, and
    taken where no title is nearer.
    """
    named = find_people(query, limit=people)
    found = matches_of(query, films, within, named)
    if not named and all(match is Match.SIMILAR for match, _ in found.values()):
        return _nearest(query, films, people, within, found)
    best = min((match for match, _ in found.values()), default=None)
    is_good = bool(named_by(named)) or (best is not None and best <= Match.BUT_FOR_ARTICLE)
    return Answer(list(found), [one.person for one in named], is_good)


def _nearest(query: str, films: int, people: int, within: MovieQuerySet, found: Matches) -> Answer:
    """Of near misses alone: titles or names, whichever are nearer."""
    similar = find_similar_people(query, limit=people)
    nearest_title = nearest_of(query, found) if similar else 0.0
    near = [one for one in similar if one.similarity >= nearest_title]
    theirs = [key for key, _, _ in films_by(_alike(near), within)[:films]] if near else []
    # As with names that are spelt well, a title that has the word comes first.
    in_titles = bool(near) and near[0].similarity == nearest_title
    keys = [*found, *theirs] if in_titles else [*theirs, *found]
    return Answer(list(dict.fromkeys(keys))[:films], [one.person for one in near], is_good=False)


def _alike(people: Sequence[FoundPerson]) -> list[int]:
    """Those whose names are as near as the first one's."""
    return [one.person.pk for one in people if one.similarity >= people[0].similarity]
