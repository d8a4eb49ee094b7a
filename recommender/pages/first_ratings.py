"""The grid of films that a new member is asked to rate, and the recommendations so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.pages.cards import Card, draft, films_of
from recommender.serving.elicitation import most_informative
from recommender.serving.recommender import Recommender

GRID = 12
PICKS = 6


@dataclass(frozen=True, kw_only=True)
class Onboarding:
    """``shown`` are the films of the grid, none of which is among the picks."""

    cards: list[Card]
    picks: list[Card]
    shown: Sequence[int]


def onboarding_grid(
    recommender: Recommender, skipped: Sequence[int], shown: Sequence[int]
) -> Onboarding:
    """Films to ask about but those ``skipped``; ``shown`` are in the grid now, if it is there."""
    skip = recommender.live.catalog.mask_of(skipped)
    asked = draft(recommender, most_informative(recommender, GRID, skip), explain=False)
    shown = shown or asked.movie_ids
    skip |= recommender.live.catalog.mask_of(shown)
    drafts = [asked]
    if len(recommender.history):
        drafts.append(draft(recommender, recommender.top_picks(PICKS, skip)))
    films = films_of(drafts)
    cards, *picks = [one.cards(films) for one in drafts]
    return Onboarding(cards=cards, picks=picks[0] if picks else [], shown=shown)
