"""``manage.py recommend``: top picks for a user."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender.management.kind_option import add_kind, live_of
from recommender.management.output import show
from recommender.management.users import UnknownUserError, resolve_user
from recommender.serving.member import recommender_for


class Command(BaseCommand):
    help = "Recommend movies to a user: what the user would like most, without what was rated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "user", help="username, e-mail address, a dataset's user number, or #id"
        )
        parser.add_argument("-n", type=int, default=5, help="how many movies (default: 5)")
        add_kind(parser)
        parser.add_argument("--json", action="store_true", help="JSON, as the API gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["n"] < 1:
            raise CommandError(f"-n must be at least 1, got {options['n']}")
        try:
            user = resolve_user(options["user"])
        except UnknownUserError as error:
            raise CommandError(str(error)) from error
        recommender = recommender_for(user.pk, live_of(options["kind"]))
        title = f"For {user.username}, who rated {len(recommender.history)} movies"
        show(self.stdout, recommender, recommender.top_picks(options["n"]), title, options["json"])
