"""``manage.py backup``: write the whole site into one file."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from moviesite.backup.errors import BackupError
from moviesite.backup.passphrase import given_passphrase
from moviesite.backup.places import place_of, remove_old, usual_place
from moviesite.health import backups


class Command(BaseCommand):
    help = "Write database, uploads, models and secret key into one encrypted file, and verify it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", metavar="FOLDER|storage:ALIAS", help="or where it is set to")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE")
        parser.add_argument("--unencrypted", action="store_true", help="without the secret key")
        parser.add_argument("--keep-days", type=int, default=settings.MATINEE_BACKUP_KEEP_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep_days"] < 1:
            raise CommandError("--keep-days has to be 1 or more.")
        try:
            passphrase = given_passphrase(options["passphrase_file"])
            if options["unencrypted"]:
                passphrase = None
            elif not passphrase:
                raise CommandError(
                    "There is no passphrase: set MATINEE_BACKUP_PASSPHRASE, use --passphrase-file, "
                    "or take --unencrypted."
                )
            place = place_of(options["to"]) if options["to"] else usual_place()
            made = place.create(passphrase)
            self.stdout.write(f"Written and verified: {made.where} ({made.size / 1e6:.1f} MB)")
            for old in remove_old(place, options["keep_days"], datetime.now(UTC)):
                self.stdout.write(f"Removed after {options['keep_days']} days: {old}")
            backups.note_newest()
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error)) from error
