"""The option ``--kind`` of commands that recommend: one model alone, not the site's choice."""

from django.core.management.base import CommandError, CommandParser

from recommender import kinds
from recommender.serving.live import LiveState, live_state, live_state_of


def add_kind(parser: CommandParser) -> None:
    parser.add_argument(
        "--kind", choices=kinds.names(), help="ask this model alone (default: as the pages do)"
    )


def live_of(kind: str | None) -> LiveState:
    """What to recommend from. Raises ``CommandError`` when the kind has no live version."""
    if kind is None:
        return live_state()
    if (live := live_state_of(kind)) is None:
        raise CommandError(f"no {kind} version is live: manage.py train --kind {kind} --wait")
    return live
