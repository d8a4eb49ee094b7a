"""Recommended films as a page or the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.models import Movie
from catalog.queries.films_by_key import NamedMovie, card_movies, named_movies
from recommender.data.stage_times import timed
from recommender.serving.explanations import Reason, reasons
from recommender.serving.ranking import Ranking
from recommender.serving.recommender import Recommender


@dataclass(frozen=True)
class MovieReason:
    """A film of the person's history and what it added to the score."""

    movie: NamedMovie
    weight: float


@dataclass(frozen=True)
class Films:
    """Films by primary key: those that are ``shown``, with their genres, and those ``named``."""

    shown: Mapping[int, Movie] = field(default_factory=dict)
    named: Mapping[int, NamedMovie] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Card:
    """``predicted_rating`` in stars, None where no model can say; ``score`` in its ranking's unit.

    ``is_uncertain`` is true when the prediction should be shown as a guess.
    """

    movie: Movie
    score: float
    predicted_rating: float | None
    is_uncertain: bool
    reasons: tuple[MovieReason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A ranking with its reasons, before its films are read from the database.

    ``services`` in ``country`` are the reader's own, of which a card names one.
    """

    ranking: Ranking
    movie_ids: Sequence[int]
    predicted: Sequence[float | None]
    uncertain: Sequence[bool]
    reasons: Sequence[Sequence[Reason]]
    country: str = ""
    services: tuple[int, ...] = ()

    def reason_ids(self) -> set[int]:
        """The primary keys of the films that are named as reasons."""
        return {reason.movie_id for some in self.reasons for reason in some}

    def cards(self, films: Films) -> list[Card]:
        """The cards of the films that are there: one that was deleted meanwhile has none."""
        return [
            Card(
                movie=films.shown[movie_id],
                score=round(float(score), 4),
                predicted_rating=predicted,
                is_uncertain=uncertain,
                reasons=tuple(
                    MovieReason(films.named[reason.movie_id], reason.weight)
                    for reason in some
                    if reason.movie_id in films.named
                ),
            )
            for movie_id, score, predicted, uncertain, some in zip(
                self.movie_ids,
                self.ranking.scores,
                self.predicted,
                self.uncertain,
                self.reasons,
                strict=True,
            )
            if movie_id in films.shown
        ]


def draft(recommender: Recommender, ranking: Ranking, *, explain: bool = True) -> Draft:
    """Everything about a ranking's cards but the films themselves."""
    return Draft(
        ranking=ranking,
        movie_ids=recommender.live.catalog.movie_ids[ranking.rows].tolist(),
        predicted=recommender.scores.predictions(ranking.rows),
        uncertain=recommender.scores.is_uncertain(ranking.rows),
        reasons=reasons(recommender.scores, ranking) if explain else [[] for _ in ranking.rows],
        country=recommender.filters.country,
        services=recommender.filters.services,
    )


@timed("films")
def films_of(drafts: Iterable[Draft], others: Iterable[int] = ()) -> Films:
    """The films of some drafts, and others to be named: two queries however many there are."""
    drafts = list(drafts)
    first = next(iter(drafts), None)
    shown = card_movies(
        {pk for one in drafts for pk in one.movie_ids},
        country=first.country if first else "",
        services=first.services if first else (),
    )
    return Films(shown, named_movies(set(others).union(*(one.reason_ids() for one in drafts))))


def cards(recommender: Recommender, ranking: Ranking) -> list[Card]:
    """The cards of one ranking."""
    one = draft(recommender, ranking)
    return one.cards(films_of([one]))
