"""The file of a back-up by itself: what it takes, and what it refuses to unpack."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from moviesite.backup.archive import read_archive, write_archive
from moviesite.backup.errors import BackupError
from moviesite.backup.manifest import Manifest

MANIFEST = Manifest(
    created="2026-11-29T12:00:00+00:00",
    code="0.1.0 torch 2.13.0",
    python="3.13.0",
    django="5.2.19",
    postgresql=17,
    migrations=["catalog.0001_initial"],
)


def write_tar(path: Path, members: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize("passphrase", [None, "phrase"])
def test_parts_come_back_where_they_belong(passphrase: str | None, tmp_path: Path) -> None:
    path, into = tmp_path / "backup", tmp_path / "into"
    long_name = f"artifacts/{'ä' * 60}/{'x' * 120}.bin"
    with path.open("wb") as file, write_archive(file, passphrase) as archive:
        archive.add("media/empty", io.BytesIO(), 0)
        archive.add(long_name, io.BytesIO(b"weights"), 7)
        archive.finish(MANIFEST)
    manifest = read_archive(path, passphrase, into)
    assert (into / "media/empty").read_bytes() == b""
    assert (into / long_name).read_bytes() == b"weights"
    assert manifest.parts[long_name].bytes == 7
    assert asdict(manifest) | {"parts": {}} == asdict(MANIFEST)


@pytest.mark.parametrize("name", ["../evil", "media/../../evil", "/etc/evil", "elsewhere/evil"])
def test_a_part_that_would_lie_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    write_tar(tmp_path / "backup", {name: b"x", "manifest.json": MANIFEST.as_json()})
    with pytest.raises(BackupError, match="unknown name"):
        read_archive(tmp_path / "backup", None, tmp_path / "into" / "deep")
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"media/a": b"x"}, "ends before its manifest"),
        ({"media/a": b"x", "manifest.json": MANIFEST.as_json()}, "media/a is not what was written"),
        ({"manifest.json": b"{"}, "makes no sense"),
        ({"manifest.json": b"[]"}, "makes no sense"),
        ({"manifest.json": json.dumps({"format": 2}).encode()}, "has format 2"),
    ],
)
def test_a_manifest_that_does_not_fit_is_told(
    members: dict[str, bytes], reason: str, tmp_path: Path
) -> None:
    write_tar(tmp_path / "backup", members)
    with pytest.raises(BackupError, match=reason):
        read_archive(tmp_path / "backup", None)


def test_an_encrypted_one_asks_for_its_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    with path.open("wb") as file, write_archive(file, "phrase") as archive:
        archive.finish(MANIFEST)
    with pytest.raises(BackupError, match="MATINEE_BACKUP_PASSPHRASE"):
        read_archive(path, None)
    path.write_bytes(path.read_bytes().replace(b"backup 1\n", b"backup 2\n", 1))
    with pytest.raises(BackupError, match="newer release"):
        read_archive(path, "phrase")
