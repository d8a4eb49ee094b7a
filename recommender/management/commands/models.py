"""``manage.py models``: which versions there are, and which is live."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from recommender import kinds
from recommender.gate.verdict import headline_metric
from recommender.learning.artifact import ArtifactError
from recommender.models import ModelVersion
from recommender.versions.pack_files import fetched_pack, write_checksum
from recommender.versions.packs import PackError, install_pack, pack_versions
from recommender.versions.publish import PublishingError, publish, rollback


class Command(BaseCommand):
    help = "List model versions, show one, make one live, go back, and take models elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="the newest versions of each kind")
        listing.add_argument("--kind", choices=kinds.names())
        listing.add_argument("-n", type=int, default=20, help="how many; default: 20")
        listing.add_argument("--json", action="store_true")
        showing = actions.add_parser("show", help="everything that is recorded of a version")
        showing.add_argument("version", type=int)
        activating = actions.add_parser("activate", help="make a version live")
        activating.add_argument("version", type=int)
        back = actions.add_parser("rollback", help="make the version before the live one live")
        back.add_argument("kind", choices=kinds.names(), nargs="?", help="default: every kind")
        packing = actions.add_parser("pack", help="write the live versions into one file")
        packing.add_argument("file", type=Path)
        packing.add_argument("--licence", default="", help="of the pack, beside those of its data")
        pulling = actions.add_parser("pull", help="take models from a pack of another site")
        pulling.add_argument("source", help="a file, or an address")
        pulling.add_argument("--sha256", help="what the file has to have; else SOURCE.sha256 says")
        pulling.add_argument(
            "--unchecked", action="store_true", help="take a file that has no checksum beside it"
        )
        pulling.add_argument(
            "--activate",
            action="store_true",
            help="in place of the live versions",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except (PublishingError, PackError, ArtifactError, OSError) as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        versions = ModelVersion.objects.order_by("-pk")
        if options["kind"]:
            versions = versions.filter(kind=options["kind"])
        chosen = list(versions[: options["n"]])
        if options["json"]:
            self.stdout.write(json.dumps([described(version) for version in chosen], indent=2))
            return
        table = Table()
        for heading in ("version", "kind", "status", "trained", "ratings", "metric"):
            table.add_column(heading)
        for version in chosen:
            name = headline_metric(version.kind)
            metric = version.metrics.get(name)
            table.add_row(
                str(version.pk),
                version.kind,
                version.status + (", pinned" if version.pinned else ""),
                f"{version.trained_at:%Y-%m-%d %H:%M}",
                f"{version.rating_count:,}",
                "" if metric is None else f"{name} {metric:.4f}",
            )
        Console(file=self.stdout).print(table)  # type: ignore[arg-type]

    def _show(self, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(described(self._version(options)), indent=2))

    def _activate(self, options: dict[str, Any]) -> None:
        version = publish(self._version(options), "made live by hand")
        self.stdout.write(f"{version} is live.")

    def _rollback(self, options: dict[str, Any]) -> None:
        chosen = [options["kind"]] if options["kind"] else kinds.names()
        failures = []
        for kind in chosen:
            try:
                self.stdout.write(f"{rollback(kind, 'rolled back by hand')} is live.")
            except PublishingError as error:
                failures.append(str(error))
        if failures:
            raise CommandError("; ".join(failures))

    def _pack(self, options: dict[str, Any]) -> None:
        live = [version for kind in kinds.names() if (version := ModelVersion.objects.live(kind))]
        if not live:
            raise CommandError("There is no live version to pack: manage.py train --wait")
        about = pack_versions(live, options["file"], licence=options["licence"])
        checksum = write_checksum(options["file"])
        self.stdout.write(f"{options['file']}: {', '.join(map(str, live))}, of")
        for data in about["data"]:
            self.stdout.write(f"  {data['title']}: {data['licence'] or 'no licence is known'}")
        self.stdout.write(f"sha256 {checksum}")

    def _pull(self, options: dict[str, Any]) -> None:
        source, unchecked = options["source"], options["unchecked"]
        with fetched_pack(source, options["sha256"], unchecked=unchecked) as file:
            versions = install_pack(file, activate=options["activate"])
        for version in versions:
            version.refresh_from_db()
            self.stdout.write(f"{version} is {version.status}: {version.reason}")

    def _version(self, options: dict[str, Any]) -> ModelVersion:
        version = ModelVersion.objects.filter(pk=options["version"]).first()
        if version is None:
            raise CommandError(f"There is no version {options['version']}.")
        return version


def described(version: ModelVersion) -> dict[str, Any]:
    """What is recorded of a version, ready for JSON."""
    return {
        "version": version.pk,
        "kind": version.kind,
        "status": version.status,
        "pinned": version.pinned,
        "reason": version.reason,
        "trained_at": version.trained_at.isoformat(),
        "published_at": version.published_at and version.published_at.isoformat(),
        "continued_from": version.warm_started_from_id,
        "artifact": version.artifact,
        "code_version": version.code_version,
        "seed": version.seed,
        "data": {
            "rating_count": version.rating_count,
            "watermark": version.watermark and version.watermark.isoformat(),
            "sha256": version.data_hash,
        },
        "settings": version.settings,
        "metrics": version.metrics,
    }
