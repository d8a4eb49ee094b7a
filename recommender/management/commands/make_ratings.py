"""``manage.py make_ratings``: a synthetic dataset of any size, in MovieLens's files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from recommender.learning.datasets.made_up import NOISE
from recommender.learning.datasets.movielens_files import write_movielens

MOST_PEOPLE, MOST_FILMS = 99_999_999, 2_000_000


class Command(BaseCommand):
    help = (
        "Write synthetic ratings of made-up people and films into FOLDER, in MovieLens's layout, "
        "to measure a site of any size: import_dataset reads them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if it is not there")
        parser.add_argument("--users", type=int, default=270_000)
        parser.add_argument("--movies", type=int, default=45_000)
        parser.add_argument("--ratings", type=int, default=26_000_000, help="about so many")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same files")

    def handle(self, *args: Any, **options: Any) -> None:
        users, movies, ratings = options["users"], options["movies"], options["ratings"]
        if not 1 <= users <= MOST_PEOPLE:
            raise CommandError(f"--users must be from 1 to {MOST_PEOPLE}, got {users}")
        if not 1 <= movies <= MOST_FILMS:
            raise CommandError(f"--movies must be from 1 to {MOST_FILMS}, got {movies}")
        if not users <= ratings <= users * movies // 4:
            raise CommandError(
                f"--ratings must be from one for each user ({users}) to a quarter of the films "
                f"for each ({users * movies // 4}), got {ratings}"
            )
        folder: Path = options["folder"]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is there already and not an empty folder")
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        with console.status("drawing") as status:
            written = write_movielens(
                folder,
                users=users,
                movies=movies,
                ratings=ratings,
                seed=options["seed"],
                noise=NOISE,
                told=lambda rows: status.update(f"{rows:,} of some {ratings:,} ratings"),
            )
        console.print(f"{written:,} synthetic ratings of {movies:,} films in {folder}")
