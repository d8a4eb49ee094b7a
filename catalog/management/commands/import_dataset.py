"""Load a rating dataset: ``manage.py import_dataset SOURCE``."""

from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from catalog.dataset_import.load import import_dataset
from catalog.datasets.detection import LAYOUTS
from catalog.datasets.download import locate
from catalog.datasets.known import CREDITS
from catalog.datasets.rating_rows import SCALES
from catalog.datasets.records import DatasetError
from catalog.datasets.report import Report


class Command(BaseCommand):
    help = f"Load a rating dataset into the catalog. Layouts: {LAYOUTS}."

    def add_arguments(self, parser: CommandParser) -> None:
        known = ", ".join(sorted(CREDITS))
        parser.add_argument("source", help=f"a folder, a zip file, or a known name: {known}")
        parser.add_argument("--name", default="", help="name of the dataset, for its raters")
        parser.add_argument(
            "--small",
            action="store_true",
            help="The Movies Dataset: take ratings_small.csv even if ratings.csv is there",
        )
        parser.add_argument(
            "--scale",
            type=int,
            default=5,
            choices=SCALES,
            help="what ratings go up to in the file (5)",
        )
        parser.add_argument(
            "--show", type=int, default=20, metavar="N", help="how many rejected rows to list (20)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        bars = _Bars(progress)
        report = Report(problem_limit=options["show"], watch=bars)
        try:
            with progress:
                import_dataset(
                    locate(options["source"], settings.VAR_DIR / "datasets", watch=bars),
                    slug=options["name"],
                    small=options["small"],
                    scale=options["scale"],
                    report=report,
                    say=lambda phase: console.print(f"{phase} ..."),
                )
        except DatasetError as error:
            for problem in report.problems:
                console.print(str(problem), markup=False, highlight=False)
            raise CommandError(str(error)) from error
        _print_report(console, report)


class _Bars:
    """A bar for each file, moved on by the readers."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, name: str, position: int, size: int) -> None:
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(name, total=size)
        self._progress.update(self._bars[name], completed=position)


def _print_report(console: Console, report: Report) -> None:
    table = Table("", "read", "loaded", "updated", "rejected")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, count in report.counts.items():
        numbers = (count.read, count.loaded, count.updated, count.rejected)
        table.add_row(kind, *(f"{number:,}" for number in numbers))
    console.print(table)
    for remark, number in report.remarks.items():
        if number:
            console.print(f"{number:,} {remark}", highlight=False)
    for problem in report.problems:
        console.print(str(problem), markup=False, highlight=False)
    if report.rejected > len(report.problems):
        console.print(f"... and {report.rejected - len(report.problems):,} more rejected rows")
    if not report.changed:
        what = "what could be read" if report.rejected else "all of it"
        console.print(f"Nothing changed: {what} was there already.")
