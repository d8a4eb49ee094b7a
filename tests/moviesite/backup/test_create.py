"""Making back-ups by the command: where, with what passphrase, and for how long."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from moviesite.backup import create, database
from moviesite.backup.archive import read_archive
from moviesite.backup.create import create_backup
from moviesite.backup.errors import BackupError
from moviesite.backup.places import Folder, remove_old

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_it_is_encrypted_verified_and_for_nobody_elses_eyes(
    site: None, passphrase: str, tmp_path: Path
) -> None:
    told = StringIO()
    call_command("backup", "--to", str(tmp_path / "kept"), stdout=told)
    [path] = (tmp_path / "kept").glob("matinee-*.backup")
    assert f"Written and verified: {path}" in told.getvalue()
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    data = path.read_bytes()
    assert b"PGDMP" not in data
    assert settings.SECRET_KEY.encode() not in data
    manifest = read_archive(path, passphrase)
    assert set(manifest.parts) == {
        "database.dump",
        "media/datasets/upload.zip",
        "artifacts/stars-1/factors.bin",
        "secret-key",
    }
    assert any(one.startswith("catalog.0001") for one in manifest.migrations)
    assert {one.name for one in path.parent.iterdir()} == {path.name, ".lock"}


def test_without_a_passphrase_it_has_to_be_asked_for_and_has_no_key(
    site: None, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="set MATINEE_BACKUP_PASSPHRASE"):
        call_command("backup", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    call_command("backup", "--to", str(tmp_path), "--unencrypted", stdout=StringIO())
    [path] = tmp_path.glob("*.backup")
    with tarfile.open(path) as tar:
        assert "secret-key" not in tar.getnames()
        assert tar.getnames()[-1] == "manifest.json"
    assert "database.dump" in read_archive(path, None).parts


def test_a_passphrase_from_a_file(site: None, tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text("from a file\n")
    to = tmp_path / "kept"
    words = ["--to", str(to), "--passphrase-file", str(tmp_path / "phrase")]
    call_command("backup", *words, stdout=StringIO())
    [path] = to.glob("*.backup")
    assert read_archive(path, "from a file").parts
    (tmp_path / "phrase").write_text("\n")
    with pytest.raises(CommandError, match="is empty"):
        call_command("backup", *words)


def test_old_ones_go_and_the_newest_stays_whatever_its_age(tmp_path: Path) -> None:
    ages = (0, 29, 31, 400)
    names = [
        f"matinee-{(NOW - timedelta(days=age)).strftime('%Y%m%dT%H%M%SZ')}.backup" for age in ages
    ]
    for name in (*names, "matinee-by-hand.backup", "films.zip"):
        (tmp_path / name).touch()
    assert remove_old(Folder(tmp_path), 30, NOW) == [names[3], names[2]]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {names[0], names[1], "matinee-by-hand.backup", "films.zip"}
    assert remove_old(Folder(tmp_path), 1, NOW + timedelta(days=99)) == [names[1]]
    assert (tmp_path / names[0]).exists()


def test_what_fails_leaves_nothing_and_says_why(
    site: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="No back-up was made"):
        create_backup(tmp_path / "file" / "folder", "phrase")
    (tmp_path / ".matinee-backup-killed").mkdir()
    monkeypatch.setattr(create.database, "find_clients", lambda _: Path("/nowhere"))
    with pytest.raises(BackupError, match="No such file"):
        create_backup(tmp_path, "phrase")
    assert {one.name for one in tmp_path.iterdir()} == {"file", ".lock"}


def test_a_server_newer_than_every_client_is_named() -> None:
    with pytest.raises(BackupError, match=r"PostgreSQL 99.*postgresql-client-99"):
        database.find_clients(99)
