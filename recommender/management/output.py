"""Recommendations in a terminal: a table, or the API's JSON."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from recommender.api.payloads import recommendations_json
from recommender.pages.cards import Card, cards
from recommender.serving import Recommender
from recommender.serving.ranking import Ranking


def show(out: Any, recommender: Recommender, ranking: Ranking, title: str, as_json: bool) -> None:
    """Print a ranking to ``out``, which has ``write``; ``title`` stands above the table."""
    if as_json:
        listed = recommendations_json(recommender, ranking)
        out.write(json.dumps(listed, indent=2, ensure_ascii=False) + "\n")
        return
    found = cards(recommender, ranking)
    console = Console(file=out, highlight=False)
    console.print(_table(found, title), markup=False)
    console.print(f"by {ranking.version}", markup=False)


def _table(found: list[Card], title: str) -> Table:
    """With predicted stars where there are any, as on the pages.

    Scores of a ranking have a unit of their own: beside titles they would be read as stars.
    """
    in_stars = any(card.predicted_rating is not None for card in found)
    table = Table(title=title, title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("Title", overflow="fold")
    table.add_column("Year", justify="right")
    table.add_column("Genres", overflow="fold")
    if in_stars:
        table.add_column("Predicted stars", justify="right")
    for place, card in enumerate(found, start=1):
        genres = ", ".join(genre.name for genre in card.movie.genre_list)
        year = str(card.movie.year or "")
        stars = [_predicted_stars(card)] if in_stars else []
        table.add_row(str(place), card.movie.title, year, genres, *stars)
    return table


def _predicted_stars(card: Card) -> str:
    if card.predicted_rating is None:
        return "–"
    return f"{'~' if card.is_uncertain else ''}{card.predicted_rating:.1f}"
