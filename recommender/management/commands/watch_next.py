"""``manage.py watch_next``: what to watch after some films."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Movie
from catalog.queries.search import Resolution, resolve_title
from recommender.data.histories import history_from
from recommender.management.kind_option import add_kind, live_of
from recommender.management.output import show
from recommender.serving import Recommender


class Command(BaseCommand):
    help = "What to watch after these movies, the last one watched last; the movies are left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("titles", nargs="+", metavar="TITLE", help="in the order watched")
        parser.add_argument("-n", type=int, default=5, help="how many movies (default: 5)")
        add_kind(parser)
        parser.add_argument("--json", action="store_true", help="JSON, as the API gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["n"] < 1:
            raise CommandError(f"-n must be at least 1, got {options['n']}")
        watched = [self._movie(resolve_title(title)) for title in options["titles"]]
        history = history_from(movie.pk for movie in watched)
        recommender = Recommender(history, live=live_of(options["kind"]))
        title = "After " + ", ".join(str(movie) for movie in watched)
        show(self.stdout, recommender, recommender.watch_next(options["n"]), title, options["json"])

    def _movie(self, found: Resolution) -> Movie:
        """The film, saying on the error output what was taken where it is not plain."""
        others = ", ".join(str(movie) for movie in found.alternatives)
        if found.movie is None:
            might = f"; it might mean {others}" if others else ""
            raise CommandError(f"no movie is called {found.query!r}{might}")
        if found.ambiguous or not found.exact:
            also = f" (also possible: {others})" if others else ""
            self.stderr.write(f"{found.query!r}: taking {found.movie}{also}")
        return found.movie
