"""``manage.py invite``: a link by which people sign up, and who may sign up at all."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moviesite.accounts.models import Invitation, SignUp
from moviesite.accounts.sign_up import current_sign_up, end_invitations, path_of, set_sign_up

MOST_DAYS = 365


class Command(BaseCommand):
    help = "Make a link by which people sign up; list or end such links; say who may sign up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--uses", type=int, default=1, help="accounts that it is good for")
        parser.add_argument("--days", type=int, default=14, help="until it ends")
        parser.add_argument("--note", default="", help="for whom it is; only staff see it")
        others = parser.add_mutually_exclusive_group()
        others.add_argument("--list", action="store_true", help="the open ones, and nothing else")
        others.add_argument("--end", type=int, nargs="+", metavar="NUMBER")
        others.add_argument("--sign-up", choices=SignUp.values, help="who may sign up from now on")
        # Its name until this release, which scripts of old sites may use.
        others.add_argument("--door", dest="sign_up", choices=SignUp.values, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
        elif options["end"]:
            self.stdout.write(f"Ended {end_invitations(*options['end'])}.")
        elif options["sign_up"]:
            set_sign_up(options["sign_up"])
            self.stdout.write(f"Sign-up is {SignUp(options['sign_up']).label}.")
        else:
            self._make(options["uses"], options["days"], options["note"])

    def _make(self, uses: int, days: int, note: str) -> None:
        if not 1 <= uses <= Invitation.MOST_USES:
            raise CommandError(f"--uses has to be 1 to {Invitation.MOST_USES}.")
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days has to be 1 to {MOST_DAYS}.")
        ends_at = timezone.now() + timedelta(days=days)
        invitation = Invitation.objects.create(uses=uses, note=note[:100], ends_at=ends_at)
        self.stdout.write(_address(invitation))

    def _list(self) -> None:
        self.stdout.write(f"Sign-up is {SignUp(current_sign_up()).label}.")
        for one in Invitation.objects.all():
            if one.is_open:
                left = f"{one.uses - one.used} of {one.uses} left until {one.ends_at:%Y-%m-%d}"
                self.stdout.write(f"{one.pk}  {left}  {_address(one)}  {one.note}")


def _address(invitation: Invitation) -> str:
    address = settings.PUBLIC_ADDRESS
    if address:
        return f"{address.origin}{path_of(invitation)}"
    return f"{path_of(invitation)}  (set MATINEE_URL to see the whole address)"
