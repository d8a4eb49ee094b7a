"""``manage.py doctor``: what is wrong with this installation, in words."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from moviesite.doctor.address import answers
from moviesite.doctor.examine import examine

MARKS = {"ok": "ok   ", "hint": "hint ", "wrong": "WRONG"}


class Command(BaseCommand):
    help = "Look at host, proxy, mail, disk, servers and workers; exit 1 if one must be mended."
    requires_system_checks: list[str] = []  # it is here to say it better

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine(answers)
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in found], indent=2))
        else:
            for one in found:
                self.stdout.write(f"{MARKS[one.state]}  {one.subject}: {one.text}")
                if one.advice:
                    self.stdout.write(f"       -> {one.advice}")
        if any(one.state == "wrong" for one in found):
            sys.exit(1)
