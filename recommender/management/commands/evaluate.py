"""``manage.py evaluate``: how good the presets are on the ratings in the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from recommender import kinds
from recommender.data.snapshot import take_snapshot
from recommender.management.evaluation import PROTOCOLS, evaluate


class Command(BaseCommand):
    help = (
        "Fit the presets on a part of the ratings in the database and measure them on the rest. "
        "What is live is not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--protocol", choices=PROTOCOLS, default="article")
        parser.add_argument("--kind", choices=kinds.names(), help="which model; default: all")
        parser.add_argument("--seed", type=int, default=0, help="of splits and fits; default: 0")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        snapshot = take_snapshot()
        if not len(snapshot):
            raise CommandError("There are no ratings in the database to evaluate on.")
        chosen = [options["kind"]] if options["kind"] else kinds.names()
        with Console(file=self.stderr).status("fit") as status:  # type: ignore[arg-type]
            results = evaluate(
                options["protocol"],
                snapshot.interactions(),
                chosen,
                seed=options["seed"],
                progress=lambda made: status.update(f"{made.phase} {made.epoch}/{made.epochs}"),
            )
        if options["json"]:
            data = {
                "protocol": options["protocol"],
                "seed": options["seed"],
                "data_hash": snapshot.fingerprint.data_hash,
                "rating_count": snapshot.fingerprint.rating_count,
                "results": results,
            }
            self.stdout.write(json.dumps(data, indent=2))
            return
        table = Table(title=f"{options['protocol']}, {len(snapshot):,} ratings")
        table.add_column("model")
        table.add_column("metric")
        table.add_column("value", justify="right")
        for kind, metrics in results.items():
            for name, value in metrics.items():
                shown = f"{value:.4f}" if isinstance(value, float) else f"{value:,}"
                table.add_row(kind, name, shown)
        Console(file=self.stdout).print(table)  # type: ignore[arg-type]
