"""What a back-up says of itself, as its last part."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import django
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from moviesite.backup.errors import BackupError
from recommender.versions.code_version import code_version

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Part:
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``migrations`` are those that the database had, as ``app.name``."""

    created: str
    code: str
    python: str
    django: str
    postgresql: int
    migrations: list[str]
    parts: dict[str, Part] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        try:
            told: dict[str, Any] = json.loads(text)
            if told["format"] > FORMAT:
                raise BackupError(
                    f"The back-up has format {told['format']}, and this release reads up to "
                    f"{FORMAT}: restore it with the release that made it ({told.get('code')})."
                )
            told["parts"] = {name: Part(**part) for name, part in told["parts"].items()}
            return cls(**told)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupError(f"The manifest of the back-up makes no sense: {error!r}.") from error

    def require_known_migrations(self) -> None:
        """Refuse the database of a newer release, which this code could not read."""
        known = set()
        for (app, name), migration in MigrationLoader(None).disk_migrations.items():
            known.add(f"{app}.{name}")
            known.update(".".join(replaced) for replaced in migration.replaces)
        unknown = sorted(set(self.migrations) - known)
        if unknown:
            raise BackupError(
                f"The back-up is of a newer release ({self.code}): this one does not know its "
                f"migrations {', '.join(unknown[:3])}{' …' if unknown[3:] else ''}. Nothing was "
                "changed."
            )


def describe_site() -> Manifest:
    applied = MigrationRecorder(connection).applied_migrations()
    with connection.cursor():
        major = connection.connection.server_version // 10000
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        code=code_version(),
        python=platform.python_version(),
        django=django.get_version(),
        postgresql=major,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
    )
