"""Unpacking files, within bounds; what one holds is told by its first bytes, not its name."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import shutil
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from .records import DatasetError

PACKINGS = (".gz", ".zip", ".bz2", ".xz")
MOST_LAYERS = 3
# Tables of ratings pack to a fifth of their size, those of equal rows to a hundredth.
MOST_TIMES = 250
ALWAYS_FREE = 64 * 1024 * 1024
LONGEST_LINE = 4 * 1024 * 1024
HEAD = 4096

ZIP, GZIP, BZIP2, XZ = b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
EMPTY_ZIP = b"PK\x05\x06"
UNREADABLE = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
}


class Bounded(io.RawIOBase):
    """The bytes of an unpacked file, until they are too many for what they were packed into.

    A line must end sooner or later too: it is read into memory as a whole.
    """

    def __init__(self, name: str, stream: BinaryIO, packed_size: int, *, lines: bool = True):
        self._name = name
        self._stream = stream
        self._most = max(ALWAYS_FREE, MOST_TIMES * packed_size)
        self._lines = lines
        self._read = self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        self._read += len(block)
        if self._read > self._most:
            raise DatasetError(
                f"{self._name} unpacks to more than {self._most / 1e6:.0f} MB, "
                "which is more than any table does: it was not read."
            )
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._line = self._line + len(block) if last < 0 else len(block) - last
        if self._lines and self._line > LONGEST_LINE:
            raise DatasetError(
                f"{self._name} has a line of more than {LONGEST_LINE / 1e6:.0f} MB: "
                "that is no table of films or ratings."
            )
        return len(block)


def unpacked(
    name: str, stream: BinaryIO, packed_size: int, stack: ExitStack
) -> io.BufferedReader[Bounded]:
    """The plain bytes of a file, however it is packed; ``stack`` closes what is opened."""
    for _ in range(MOST_LAYERS):
        head = cast(io.BufferedReader, stream).peek(HEAD)[:HEAD]
        if head.startswith((ZIP, EMPTY_ZIP)):
            stream = _only_member(name, _seekable(name, stream, packed_size, stack), stack)
        elif head.startswith(GZIP):
            stream = cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=stream)))
        elif head.startswith(BZIP2):
            stream = cast(BinaryIO, stack.enter_context(bz2.BZ2File(stream)))
        elif head.startswith(XZ):
            stream = cast(BinaryIO, stack.enter_context(lzma.LZMAFile(stream)))  # noqa: SIM115
        else:
            break
    plain = io.BufferedReader(Bounded(name, stream, packed_size), 1 << 16)
    head = plain.peek(HEAD)[:HEAD]
    refuse_unreadable(name, head)
    if head.startswith((ZIP, GZIP, BZIP2, XZ)):
        raise DatasetError(f"{name} is packed more than {MOST_LAYERS} times.")
    return plain


def refuse_unreadable(name: str, head: bytes) -> None:
    """Raise DatasetError for what begins like a file that is known not to be a table."""
    for magic, what in UNREADABLE.items():
        if head.startswith(magic):
            raise DatasetError(f"{name} is {what}: unpack it, or save it as CSV, first.")
    if head[257:262] == b"ustar":
        raise DatasetError(f"{name} is a tar archive: unpack it first.")


def open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    if member.flag_bits & 1:
        raise DatasetError(f"{member.filename} is locked by a password: unpack it first.")
    try:
        return cast(BinaryIO, archive.open(member))
    except NotImplementedError as error:
        raise DatasetError(
            f"{member.filename} is packed in a way unknown here ({error}): unpack it first."
        ) from error


def members_of(archive: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Files of an archive by their path, without those of the system that packed it."""
    members: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
        if not hidden and path.name and not member.filename.endswith(("/", "\\")):
            members.setdefault(path, member)
    return members


def _only_member(name: str, stream: BinaryIO, stack: ExitStack) -> BinaryIO:
    """What a table packed alone into a zip is: its namesake there, or the one file."""
    archive = stack.enter_context(zipfile.ZipFile(stream))
    members = members_of(archive)
    if PurePosixPath("[Content_Types].xml") in members:
        raise DatasetError(f"{name} is a spreadsheet, not a table of text: save it as CSV.")
    plain = name.lower().removesuffix(".zip")
    same = [member for path, member in members.items() if path.name.lower() == plain]
    found = same or list(members.values())
    if len(found) != 1:
        held = ", ".join(sorted(map(str, members))[:8]) or "no file"
        raise DatasetError(f"{name} is a zip that holds {held}, where one table was expected.")
    return stack.enter_context(open_member(archive, found[0]))


def _seekable(name: str, stream: BinaryIO, packed_size: int, stack: ExitStack) -> BinaryIO:
    """A zip is read from its end: one inside another archive is put into a temporary file."""
    if isinstance(stream, io.BufferedReader):
        return stream
    return stack.enter_context(spooled(name, stream, packed_size))


def spooled(name: str, stream: BinaryIO, packed_size: int) -> BinaryIO:
    """A copy of an archive in a temporary file."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115  (whoever asked closes it)
    bounded = io.BufferedReader(Bounded(name, stream, packed_size, lines=False), 1 << 16)
    shutil.copyfileobj(bounded, kept)
    kept.seek(0)
    return cast(BinaryIO, kept)


def encoding_of(head: bytes) -> str:
    """The encoding that a file's first bytes tell: some UTF, UTF-8 where nothing speaks against."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) / 4 and even < odd / 4:
        return "utf-16-le"
    if even > len(head) / 4 and odd < even / 4:
        return "utf-16-be"
    return "utf-8-sig"
