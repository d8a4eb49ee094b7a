"""The file of a back-up: a tar of its parts, the manifest last, encrypted by a passphrase."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from moviesite.backup import manifest as manifests
from moviesite.backup.encryption import MAGIC, EncryptedReader, EncryptedWriter
from moviesite.backup.errors import BackupError
from moviesite.backup.manifest import Manifest, Part

ROOMS = ("database.dump", "secret-key", "media", "artifacts")


class _Digest:
    """Passes on what it reads, and remembers its hash."""

    def __init__(self, file: IO[bytes] | IO[Any]) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        self._hash.update(data)
        self.size += len(data)
        return data

    def part(self) -> Part:
        return Part(self._hash.hexdigest(), self.size)


class ArchiveWriter:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._parts: dict[str, Part] = {}

    def add(self, name: str, file: IO[bytes] | IO[Any], size: int) -> None:
        digest = _Digest(file)
        self._add(name, digest, size)
        self._parts[name] = digest.part()

    def finish(self, manifest: Manifest) -> None:
        text = replace(manifest, parts=self._parts).as_json()
        self._add(manifests.NAME, io.BytesIO(text), len(text))

    def _add(self, name: str, file: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, file)


@contextmanager
def write_archive(file: BinaryIO, passphrase: str | None) -> Iterator[ArchiveWriter]:
    target: Any = EncryptedWriter(file, passphrase) if passphrase else file
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        yield ArchiveWriter(tar)
    if passphrase:
        target.finish()


def read_archive(path: Path, passphrase: str | None, into: Path | None = None) -> Manifest:
    """Read all of it, compare each part with the manifest, and unpack it where ``into`` says.

    Raises
    ------
    BackupError
        When a part is missing, too much or changed, or the file cannot be read to its end.
    """
    found: dict[str, Part] = {}
    told = b""
    try:
        with path.open("rb") as file:
            source = _opened(file, passphrase)
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None:
                        raise BackupError(f"The back-up is damaged: {member.name} is no file.")
                    if member.name == manifests.NAME:
                        told = content.read()
                    else:
                        found[member.name] = _take(member.name, content, into)
            while source.read(2**20):
                pass  # what follows the tar's end belongs to the encryption, and is looked at too
    except (tarfile.TarError, OSError) as error:
        raise BackupError(f"{path} cannot be read as a back-up: {error}.") from error
    if not told:
        raise BackupError(f"{path} is damaged: it ends before its manifest.")
    manifest = Manifest.from_json(told)
    written = manifest.parts
    wrong = sorted(name for name in found | written if found.get(name) != written.get(name))
    if wrong:
        raise BackupError(f"{path} is damaged: {', '.join(wrong[:3])} is not what was written.")
    return manifest


def _opened(file: BinaryIO, passphrase: str | None) -> Any:
    start = file.read(len(MAGIC))
    file.seek(0)
    if start != MAGIC:
        if start.startswith(MAGIC[:15]):
            raise BackupError("The back-up is of a newer release: this one cannot read it.")
        return file
    if not passphrase:
        raise BackupError(
            "The back-up is encrypted: set MATINEE_BACKUP_PASSPHRASE, or use --passphrase-file."
        )
    return EncryptedReader(file, passphrase)


def _take(name: str, content: IO[bytes], into: Path | None) -> Part:
    parts = PurePosixPath(name).parts
    if not parts or parts[0] not in ROOMS or ".." in parts:
        raise BackupError(f"The back-up has a part of an unknown name, {name!r}.")
    digest = _Digest(content)
    if into is None:
        while digest.read(2**20):
            pass
        return digest.part()
    target = into.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        while data := digest.read(2**20):
            file.write(data)
    return digest.part()
