"""Opening an upload: itself, or the files of a ZIP, of which only those needed are read.

Nothing is unpacked to disk, and no more is read than the bounds below, whatever a ZIP says about
itself. ZIPs in a ZIP are opened, but no ZIPs in those.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from .formats.records import FileRefusedError, Part
from .part import part_of

MOST_FILES = 5000
MOST_READ = 256 * 1024 * 1024
MOST_READ_OF_ONE = 48 * 1024 * 1024
ENCRYPTED = 0x1

# Folders of exports with what is no opinion of the member's own, or no longer one.
LEFT_FOLDERS = {"deleted": "deleted", "orphaned": "orphaned"}
# Files of exports that hold nothing about films seen, by the beginnings of their names.
LEFT_NAMES = {
    "watched-shows": "series",
    "ratings-shows": "series",
    "ratings-seasons": "series",
    "ratings-episodes": "series",
    "comments-shows": "series",
    "comments-seasons": "series",
    "comments-episodes": "series",
    "collection-": "collection",
    "user-": "profile",
    "network-": "people",
    "likes-": "likes-of-others",
    "notes-": "other-file",
    "profile.csv": "profile",
    "comments.csv": "comments",
    "account.csv": "profile",
    "email_addresses.csv": "profile",
    "imports.csv": "profile",
    "friends_asked.csv": "people",
    "friends_asking.csv": "people",
    "blocked_members.csv": "people",
    "api_tokens.csv": "profile",
    "second_factors.csv": "profile",
    "sessions.csv": "profile",
    "log_ins_elsewhere.csv": "profile",
    "films_asked_for.csv": "profile",
    "reports.csv": "profile",
    "services.csv": "profile",
    "notices.csv": "profile",
    "ways_of_notices.csv": "profile",
    "answers_about_tonight.csv": "profile",
    "home_visits.csv": "profile",
    "takedowns.csv": "profile",
    # What was watched stands in the diary and among the films seen.
    "media_server_": "profile",
}
READ_ENDINGS = (".csv", ".tsv", ".json", ".txt")
# Why a file of a ZIP is passed over, where one uploaded by itself would be refused.
PASSED_OVER = frozenset({"empty", "binary", "encoding", "broken-json", "broken-table"})


class Left(list[tuple[str, str]]):
    """Files that are not taken: their paths and why."""


def open_upload(file_name: str, file: IO[bytes], left: Left) -> Iterator[Part]:
    """The tables and JSON documents of an upload, one at a time.

    Raises
    ------
    FileRefusedError
        When it is too big, no text or no sound ZIP. Files inside a ZIP that are not readable go
        to ``left``: exports hold more than what is needed here.
    """
    beginning = file.read(4)
    file.seek(0)
    if beginning.startswith(b"PK"):
        yield from _parts_of_zip(file, left, _Room(MOST_READ, MOST_FILES))
        return
    content = file.read(MOST_READ_OF_ONE + 1)
    if len(content) > MOST_READ_OF_ONE:
        raise FileRefusedError("too-big-to-read")
    if not content.strip():
        raise FileRefusedError("empty")
    yield part_of((), PurePosixPath(file_name.replace("\\", "/")).name.lower(), content)


def is_zip(file: IO[bytes]) -> bool:
    beginning = file.read(2)
    file.seek(0)
    return beginning == b"PK"


@dataclass
class _Room:
    """What may still be read of an upload, with all ZIPs in it."""

    read: int
    files: int

    @property
    def of_one(self) -> int:
        return min(MOST_READ_OF_ONE, self.read)


def _parts_of_zip(
    file: IO[bytes], left: Left, room: _Room, within: tuple[str, ...] = ()
) -> Iterator[Part]:
    """``within`` are the folders and the name of the ZIP that this one lies in."""
    archive, members = _opened(file)
    room.files -= len(members)
    if room.files < 0:
        raise FileRefusedError("too-many-files")
    for member in members:
        path = PurePosixPath(*within, _path(member))
        why = _why_left(member, path)
        if why:
            left.append((str(path), why))
        if why is not None:
            continue
        if path.name.endswith(".zip"):
            yield from _parts_of_inner_zip(archive, member, path, left, room, bool(within))
            continue
        plain = _unpack(archive, member, room.of_one)
        room.read -= len(plain)
        try:
            yield part_of(path.parent.parts, path.name, plain)
        except FileRefusedError as error:
            if error.code not in PASSED_OVER:
                raise
            if error.code != "empty":
                left.append((str(path), error.code))


def _opened(file: IO[bytes]) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    try:
        archive = zipfile.ZipFile(file)
        return archive, archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, zlib.error) as error:
        raise FileRefusedError("damaged-zip") from error


def _parts_of_inner_zip(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: PurePosixPath,
    left: Left,
    room: _Room,
    too_deep: bool,
) -> Iterator[Part]:
    """A ZIP inside the upload; one that cannot be opened is left, and the rest is read."""
    if too_deep:
        left.append((str(path), "nested-zip"))
        return
    try:
        plain = _unpack(archive, member, room.of_one)
        room.read -= len(plain)
        yield from _parts_of_zip(io.BytesIO(plain), left, room, path.parts)
    except FileRefusedError as error:
        left.append((str(path), error.code))


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Windows' tools write backslashes."""
    return PurePosixPath(member.filename.replace("\\", "/").lower())


def _why_left(member: zipfile.ZipInfo, path: PurePosixPath) -> str | None:
    """None for a file that is to be read, "" for one that nobody needs to hear of."""
    folders = path.parent.parts
    if member.is_dir() or path.name.startswith((".", "._")) or "__macosx" in folders:
        return ""
    if member.filename.endswith("\\") or path.name in ("thumbs.db", "desktop.ini"):
        return ""
    if member.file_size <= len("[]\r\n"):  # an export has all its files, if empty
        return ""
    for folder, why in LEFT_FOLDERS.items():
        if folder in folders:
            return why
    if "likes" in folders and path.name != "films.csv":
        return "likes-of-others"
    for beginning, why in LEFT_NAMES.items():
        if path.name.startswith(beginning):
            return why
    return None if path.name.endswith((*READ_ENDINGS, ".zip")) else "other-file"


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    if member.flag_bits & ENCRYPTED:
        raise FileRefusedError("locked-zip")
    if member.file_size > most:
        raise FileRefusedError("zip-too-big")
    try:
        with archive.open(member) as packed:
            plain = packed.read(most + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise FileRefusedError("damaged-zip") from error
    if len(plain) > most:
        raise FileRefusedError("zip-too-big")
    return plain
