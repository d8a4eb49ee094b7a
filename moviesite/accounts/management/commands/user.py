"""``manage.py user``: accounts, where there is no page, or nobody who may open it."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from moviesite.accounts.models import User
from moviesite.accounts.names import refuse_names_of_raters
from moviesite.accounts.roles import ROLES

ROLE_NAMES = {role.name.lower().replace(" ", "-"): role.name for role in ROLES}


class Command(BaseCommand):
    help = "Make an account, give it a new password, take its second factors off, promote it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        create = actions.add_parser("create", help="make an account")
        create.add_argument("--email", default="", help="counts as confirmed")
        password = actions.add_parser("password", help="give it a new password")
        for one in (create, password):
            one.add_argument(
                "--password-file",
                type=Path,
                help="- for standard input; without it one is asked for, or made and printed",
            )
        factors = actions.add_parser("disable-2fa", help="the password is enough to sign in")
        promote = actions.add_parser("promote", help="let it into the administration")
        promote.add_argument(
            "--role",
            choices=[*ROLE_NAMES, "superuser"],
            default="administrator",
            help="as in docs/administrators.md; a superuser may do everything",
        )
        for one in (create, password, factors, promote):
            one.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        name, action = options["name"], options["action"]
        if action == "create":
            self._create(name, options["email"], options["password_file"])
        elif action == "password":
            self._password(_member(name), options["password_file"])
        elif action == "disable-2fa":
            count, _ = Authenticator.objects.filter(user=_member(name)).delete()
            self.stdout.write(f"Removed {count} second factors of {name}.")
        else:
            self._promote(_member(name), options["role"])

    def _create(self, name: str, email: str, file: Path | None) -> None:
        user = User(username=name, email=email)
        user.set_unusable_password()
        try:
            user.full_clean()
            refuse_names_of_raters(name)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        if User.objects.filter(username__iexact=name).exists():
            raise CommandError(f"There is an account {name} already.")
        if email and EmailAddress.objects.filter(email__iexact=email, verified=True).exists():
            raise CommandError(f"Another account has the address {email}.")
        with transaction.atomic():
            text = self._new_password(user, file)
            user.set_password(text)
            user.save()
            if email:
                EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        self.stdout.write(f"Made {name}.")

    def _password(self, user: User, file: Path | None) -> None:
        user.set_password(self._new_password(user, file))
        user.save(update_fields=["password"])
        self.stdout.write(f"{user.username} has a new password, and is signed out everywhere.")

    def _new_password(self, user: User, file: Path | None) -> str:
        if file is not None:
            text = sys.stdin.read() if str(file) == "-" else _text(file)
            text = text.rstrip("\r\n")
        elif sys.stdin.isatty():
            text = getpass.getpass("Password (empty: one is made): ")
        else:
            text = ""
        if not text and file is None:
            text = secrets.token_urlsafe(12)
            self.stdout.write(f"Password: {text}")
        try:
            validate_password(text, user)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        return text

    def _promote(self, user: User, role: str) -> None:
        user.is_staff = True
        user.is_superuser = user.is_superuser or role == "superuser"
        user.save(update_fields=["is_staff", "is_superuser"])
        if role != "superuser":
            group, _ = Group.objects.get_or_create(name=ROLE_NAMES[role])
            user.groups.add(group)
        self.stdout.write(f"{user.username} is {role} now.")


def _member(name: str) -> User:
    user = User.objects.filter(username__iexact=name, imported=False).first()
    if user is None:
        raise CommandError(f"There is no member {name}.")
    return user


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
