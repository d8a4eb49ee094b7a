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
    table = Table(title=title, title_justify="left")
    table.add_column("Title", overflow="fold")
    table.add_column("Year", justify="right")
    table.add_column("Genres", overflow="fold")
    table.add_column("Score", justify="right")
    for card in found:
        genres = ", ".join(genre.name for genre in card.movie.genre_list)
        year = str(card.movie.year or "")
        table.add_row(card.movie.title, year, genres, f"{card.score:.2f}")
    return table
