"""``manage.py upgrade``: bring the site to the code that is here, or put everything back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from moviesite.backup.errors import BackupError
from moviesite.backup.passphrase import given_passphrase
from moviesite.upgrade.errors import UpgradeError
from moviesite.upgrade.steps import Upgrade
from moviesite.upgrade.trial import PATIENCE

READY = "http://127.0.0.1:8000/health/ready"


class Command(BaseCommand):
    help = (
        "Back up, migrate, check and try the new code, or put everything back. Stop web, workers "
        "and beat first, or say how by --stop and --start."
    )
    requires_system_checks = []  # the first step looks at them

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = settings.MATINEE_BACKUP_FOLDER
        parser.add_argument("--to", type=Path, default=folder, metavar="FOLDER")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE")
        parser.add_argument("--unencrypted", action="store_true", help="the back-up")
        parser.add_argument("--stop", default="", metavar="COMMAND", help="stops the site")
        parser.add_argument("--start", default="", metavar="COMMAND", help="starts it again")
        parser.add_argument("--health", default=READY, metavar="URL", help="asked after the start")
        parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds for that")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            passphrase = given_passphrase(options["passphrase_file"])
            unencrypted = options["unencrypted"] or settings.LOCAL
            if not passphrase and not unencrypted:
                raise CommandError(
                    "There is no passphrase for the back-up: set MATINEE_BACKUP_PASSPHRASE, use "
                    "--passphrase-file, or take --unencrypted."
                )
            Upgrade(
                say=self.stdout.write,
                folder=options["to"],
                passphrase=None if options["unencrypted"] else passphrase,
                stop=options["stop"],
                start=options["start"],
                health=options["health"],
                patience=options["patience"],
            ).run()
        except (UpgradeError, BackupError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The site is upgraded.")
        if not options["start"]:
            self.stdout.write("Start it as ever.")
