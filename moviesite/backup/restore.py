"""Putting a back-up in the place of what the site has."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from moviesite.backup import database
from moviesite.backup.archive import read_archive
from moviesite.backup.errors import BackupError
from moviesite.backup.manifest import Manifest
from moviesite.backup.stored_files import restore_files


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    files: int
    other_secret_key: bool
    cache_cleared: bool


def restore_backup(
    path: Path, passphrase: str | None, *, replace: bool, secret_key_to: Path | None = None
) -> Restored:
    """Unpack and check all of it first; then the files, and the tables in one transaction.

    Raises
    ------
    BackupError
        When it is damaged or newer, the site is not empty or in use: nothing is changed then.
    """
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.VAR_DIR) as name:
        work = Path(name)
        unpacked = work / "unpacked"
        unpacked.mkdir()
        manifest = read_archive(path, passphrase, unpacked)
        manifest.require_known_migrations()
        dump = unpacked / "database.dump"
        if not dump.exists():
            raise BackupError(f"{path} holds no database.")
        clients = database.find_clients(_server())
        database.require_readable(clients, dump)
        if not replace and not database.is_empty():
            raise BackupError("The database is not empty: --replace puts the back-up in its place.")
        database.require_nobody_else()
        secret_key = unpacked / "secret-key"
        key = secret_key.read_text(encoding="utf-8") if secret_key.exists() else None
        if secret_key_to:
            _write_secret_key(secret_key_to, key)
        files = restore_files(unpacked)
        database.restore(clients, dump, work)
    other = key is not None and key != settings.SECRET_KEY
    return Restored(manifest, files, other, _clear_cache())


def _server() -> int:
    with connection.cursor():
        version: int = connection.connection.server_version
    return version // 10000


def _write_secret_key(path: Path, key: str | None) -> None:
    if key is None:
        raise BackupError("The back-up holds no secret key: it was written unencrypted.")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupError(f"The secret key cannot be written: {error}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key)


def _clear_cache() -> bool:
    """Sessions and the like of the site before."""
    try:
        cache.clear()
    except RedisError:
        return False
    return True
