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
    """With predicted stars where there are any, as on the pages, else with the ranking's scores."""
    in_stars = any(card.predicted_rating is not None for card in found)
    table = Table(title=title, title_justify="left")
    table.add_column("Title", overflow="fold")
    table.add_column("Year", justify="right")
    table.add_column("Genres", overflow="fold")
    table.add_column("Predicted stars" if in_stars else "Score", justify="right")
    for card in found:
        genres = ", ".join(genre.name for genre in card.movie.genre_list)
        year = str(card.movie.year or "")
        value = _predicted_stars(card) if in_stars else f"{card.score:.2f}"
        table.add_row(card.movie.title, year, genres, value)
    return table


def _predicted_stars(card: Card) -> str:
    if card.predicted_rating is None:
        return "–"
    return f"{'~' if card.is_uncertain else ''}{card.predicted_rating:.1f}"
