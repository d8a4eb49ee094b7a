"""Which film is best for all at a movie night: nobody is made to suffer, then most are pleased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Movie, MovieNight, NightVoter
from catalog.queries.film import surviving_keys
from catalog.queries.films_by_key import card_movies

UNSAID = 1  # who said nothing of a film does not mind it


@dataclass(frozen=True)
class Standing:
    """A film with the scores that it got, in the order of the voters."""

    movie_id: int
    scores: Sequence[int]

    @property
    def least(self) -> int:
        return min(self.scores, default=UNSAID)

    @property
    def total(self) -> int:
        return sum(self.scores)

    @property
    def yes(self) -> int:
        return self.scores.count(2)


def standings(movie_ids: Sequence[int], votes: Sequence[Mapping[str, int]]) -> list[Standing]:
    """Best first: by the lowest score, then by the sum, then by the order of the proposals.

    Films that nobody voted on stand last, unless nobody voted at all.
    """
    found = [
        Standing(key, [one.get(str(key), UNSAID) for one in votes if one]) for key in movie_ids
    ]
    voted = {key for one in votes for key in one}
    return sorted(found, key=lambda one: (str(one.movie_id) not in voted, -one.least, -one.total))


@dataclass(frozen=True)
class Proposal:
    """A film of a night as it is shown: what the reader said of it, and how it stands."""

    movie: Movie
    movie_id: int
    said: int | None
    standing: Standing | None


def proposals(night: MovieNight, voter: NightVoter | None) -> list[Proposal]:
    """In the order in which they were proposed."""
    said = voter.votes if voter else {}
    films = films_of(night)
    return [
        Proposal(films[key], key, said.get(str(key)), None)
        for key in night.movie_ids
        if key in films
    ]


def result(night: MovieNight) -> list[Proposal]:
    """The films as they stand, the winner first; one that is gone meanwhile cannot win."""
    films = films_of(night)
    votes = list(night.voters.values_list("votes", flat=True))
    keys = [key for key in night.movie_ids if key in films]
    return [
        Proposal(films[one.movie_id], one.movie_id, None, one) for one in standings(keys, votes)
    ]


def films_of(night: MovieNight) -> dict[int, Movie]:
    """By the key that was proposed, with what a page shows of them."""
    now = dict(zip(night.movie_ids, surviving_keys(night.movie_ids), strict=True))
    cards = card_movies(set(now.values()))
    details = Movie.objects.visible().in_bulk(list(cards))
    for key, movie in cards.items():
        if key in details:
            movie.runtime, movie.overview = details[key].runtime, details[key].overview
    return {key: cards[pk] for key, pk in now.items() if pk in cards and pk in details}
