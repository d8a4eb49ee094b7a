"""``manage.py restore``: put a back-up in the place of what the site has."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from moviesite.backup.errors import BackupError
from moviesite.backup.passphrase import given_passphrase
from moviesite.backup.places import fetched
from moviesite.backup.restore import restore_backup


class Command(BaseCommand):
    help = "Restore what `backup` wrote, after checking it. Stop web, workers and beat first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE|storage:ALIAS/NAME")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="drop the tables that are there")
        parser.add_argument("--secret-key-to", type=Path, metavar="FILE", help="write it there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with fetched(options["file"]) as path:
                restored = restore_backup(
                    path,
                    given_passphrase(options["passphrase_file"]),
                    replace=options["replace"],
                    secret_key_to=options["secret_key_to"],
                )
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        manifest = restored.manifest
        self.stdout.write(
            f"Restored the back-up of {manifest.created} ({manifest.code}), {restored.files} files "
            "written. Now run: manage.py migrate"
        )
        if restored.other_secret_key:
            self.stdout.write(
                "The secret key was another one: everybody has to log in again, unless the site "
                "gets the former key (--secret-key-to FILE writes it)."
            )
        if not restored.cache_cleared:
            self.stdout.write("The cache could not be reached: empty it before the site starts.")
