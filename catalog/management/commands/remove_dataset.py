"""Undo a dataset: ``manage.py remove_dataset NAME``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.dataset_import.remove import Removal, count_removal, remove_dataset
from catalog.datasets.records import DatasetError


class Command(BaseCommand):
    help = (
        "Take a dataset out of the catalog again: its raters with their ratings, and its films. "
        "Films on which something of a member's hangs stay, and so do members' ratings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the dataset's name, as the administration shows it")
        parser.add_argument(
            "--no-input", action="store_false", dest="input", help="do not ask for a confirmation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(_sentence(count_removal(options["name"])))
            if options["input"] and input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
                raise CommandError("Nothing was removed.")
            removal = remove_dataset(
                options["name"], say=lambda phase: self.stdout.write(f"{phase} ...")
            )
        except DatasetError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Removed {removal.films:,} films and {removal.ratings:,} ratings.")


def _sentence(removal: Removal) -> str:
    return (
        f"{removal.raters:,} raters, their {removal.ratings:,} ratings and {removal.films:,} films "
        f"would leave. {removal.films_that_stay:,} of its films would stay: "
        f"{removal.of_members:,} with something of a member's, {removal.edited:,} edited here, "
        f"{removal.in_other_datasets:,} in other datasets or rated by others."
    )
