"""Recommended films as a page or the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from catalog.models import Movie
from recommender.explaining import Reason, reasons
from recommender.serving import Ranking, Recommender


@dataclass(frozen=True)
class MovieReason:
    """A film of the person's history and what it added to the score."""

    movie: Movie
    weight: float


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
    """A ranking with its reasons, before its films are read from the database."""

    ranking: Ranking
    movie_ids: Sequence[int]
    predicted: Sequence[float | None]
    uncertain: Sequence[bool]
    reasons: Sequence[Sequence[Reason]]

    def wanted(self) -> set[int]:
        """The primary keys of the films that the cards need."""
        return set(self.movie_ids).union(
            reason.movie_id for some in self.reasons for reason in some
        )

    def cards(self, movies: Mapping[int, Movie]) -> list[Card]:
        """The cards of the films in ``movies``: one that was deleted meanwhile has none."""
        return [
            Card(
                movie=movies[movie_id],
                score=round(float(score), 4),
                predicted_rating=predicted,
                is_uncertain=uncertain,
                reasons=tuple(
                    MovieReason(movies[reason.movie_id], reason.weight)
                    for reason in some
                    if reason.movie_id in movies
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
            if movie_id in movies
        ]


def draft(person: Recommender, ranking: Ranking, *, explain: bool = True) -> Draft:
    """Everything about a ranking's cards but the films themselves."""
    return Draft(
        ranking=ranking,
        movie_ids=[int(pk) for pk in person.live.catalog.movie_ids[ranking.rows]],
        predicted=person.predictions(ranking.rows),
        uncertain=person.is_uncertain(ranking.rows),
        reasons=reasons(person, ranking) if explain else [[] for _ in ranking.rows],
    )


def movies_of(drafts: Iterable[Draft], others: Iterable[int] = ()) -> dict[int, Movie]:
    """The films of some drafts, and others, by primary key: two queries however many there are.

    Those that are shown come with their genres; those that are only named do without.
    """
    drafts = list(drafts)
    wanted = set(others).union(*(one.wanted() for one in drafts))
    movies = Movie.objects.in_bulk(wanted) if wanted else {}
    shown = [movies[pk] for one in drafts for pk in one.movie_ids if pk in movies]
    prefetch_related_objects(shown, "genres")
    return movies


def cards(person: Recommender, ranking: Ranking) -> list[Card]:
    """The cards of one ranking."""
    one = draft(person, ranking)
    return one.cards(movies_of([one]))
