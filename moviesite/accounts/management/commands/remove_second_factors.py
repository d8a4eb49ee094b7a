"""Lets somebody in who lost the phone or key and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from moviesite.accounts.models import User


class Command(BaseCommand):
    help = "Remove the second factors of an account, after which its password is enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username, imported=False).first()
        if user is None:
            raise CommandError(f"There is no member {username}.")
        count, _ = Authenticator.objects.filter(user=user).delete()
        self.stdout.write(f"Removed {count} of {user.username}.")
