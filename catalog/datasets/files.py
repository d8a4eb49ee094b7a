"""The files of a dataset: in a folder or a zip, each plain or packed by itself."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from . import archives
from .records import DatasetError

DEEPEST = 4
MOST_ENTRIES = 20_000
DAMAGED = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, OSError)


@dataclass(frozen=True)
class DataFile:
    """One file.

    ``size`` is what is read of the disk or the archive, in bytes, ``packed_size`` what it takes
    there.
    """

    name: str
    size: int
    open_packed: Callable[[], BinaryIO]
    packed_size: int = 0

    @contextmanager
    def open(self, encoding: str = "") -> Iterator[tuple[io.TextIOBase, BinaryIO]]:
        """The unpacked text, and the packed stream whose ``tell`` says how far it is read.

        Without an encoding it is the one that the file's beginning tells. Bytes that are not of
        it become U+FFFD. Raises DatasetError where the archive is damaged.
        """
        with self.open_bytes() as (plain, packed):
            encoding = encoding or archives.encoding_of(plain.peek(archives.HEAD))
            yield io.TextIOWrapper(plain, encoding, errors="replace", newline=""), packed

    @contextmanager
    def open_bytes(self) -> Iterator[tuple[io.BufferedReader[archives.Bounded], BinaryIO]]:
        """The unpacked bytes, and the packed stream. Raises DatasetError as `open` does."""
        try:
            with self._open_plain() as (plain, packed):
                yield plain, packed
        except DAMAGED as error:
            raise DatasetError(f"{self.name} is damaged or cut short: {error}") from error

    @cached_property
    def encoding(self) -> str:
        """The encoding of all of it: Windows's where it is no UTF-8."""
        try:
            with self._open_plain() as (plain, _):
                told = archives.encoding_of(plain.peek(archives.HEAD))
                decoder = codecs.getincrementaldecoder(told)("strict")
                try:
                    while block := plain.read(1 << 16):
                        decoder.decode(block)
                    decoder.decode(b"", final=True)
                except UnicodeDecodeError:
                    return "cp1252" if told == "utf-8-sig" else told
                return told
        except DAMAGED as error:
            raise DatasetError(f"{self.name} is damaged or cut short: {error}") from error

    @contextmanager
    def _open_plain(self) -> Iterator[tuple[io.BufferedReader[archives.Bounded], BinaryIO]]:
        with ExitStack() as stack:
            packed = stack.enter_context(self.open_packed())
            yield archives.unpacked(self.name, packed, self.packed_size or self.size, stack), packed


Folders = dict[PurePosixPath, list[DataFile]]


class SourceFiles:
    """The files of one dataset by name, in whatever case it is written.

    Parameters
    ----------
    path
        A folder or a zip. Where it holds nothing but one folder, that folder's files are meant.

    Raises
    ------
    DatasetError
        When there is no such folder, or the file is no zip.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            folders = _folders_of_folder(path)
        elif path.is_file():
            folders = _folders_of_zip(path)
        else:
            raise DatasetError(f"There is no folder or zip file {path}.")
        name = path.stem if path.is_file() else path.resolve().name
        self._set(path, name, folders, _top_of(folders))

    def _set(
        self,
        path: Path,
        label: str,
        folders: Folders,
        folder: PurePosixPath,
        place: str = "",
    ) -> None:
        self.path = path
        self.place = place  # of a folder or zip inside, from there
        self.label = label  # the name of the folder or, without its ending, of the zip
        self.folder = folder
        self._folders = folders
        self._files: dict[str, DataFile] = {}
        for file in sorted(
            folders.get(folder, []), key=lambda file: (file.name.lower(), file.name)
        ):
            self._files.setdefault(file.name.lower(), file)

    @property
    def names(self) -> list[str]:
        return sorted(file.name for file in self._files.values())

    def find(self, *names: str) -> DataFile | None:
        """The first of these files that is there, plain before packed."""
        for name in names:
            for packed in (name, *(name + packing for packing in archives.PACKINGS)):
                if packed.lower() in self._files:
                    return self._files[packed.lower()]
        return None

    def ending(self, suffix: str) -> DataFile | None:
        """The first file, by name, that ends so."""
        names = sorted(name for name in self._files if name.endswith(suffix.lower()))
        return self._files[names[0]] if names else None

    def inner(self) -> Iterator[SourceFiles]:
        """The folders inside, each by itself."""
        for folder in sorted(self._folders):
            if folder != self.folder:
                label = self.label if self.path.is_file() else folder.name
                yield self._other(label, self._folders, folder, str(folder))

    def flattened(self) -> SourceFiles:
        """All files together, where no two have one name."""
        files = [file for held in self._folders.values() for file in held]
        names = {file.name.lower() for file in files}
        together = files if len(names) == len(files) else []
        return self._other(self.label, {self.folder: together}, self.folder, "")

    def archived(self) -> Iterator[SourceFiles]:
        """The zips inside, each as a dataset by itself."""
        for folder in sorted(self._folders):
            for file in self._folders[folder]:
                if file.name.lower().endswith(".zip"):
                    folders = _folders_in(file)
                    label, place = PurePosixPath(file.name).stem, str(folder / file.name)
                    yield self._other(label, folders, _top_of(folders), place)

    def held(self) -> list[str]:
        """All files, with the folders that they are in."""
        return sorted(
            str(place / file.name) for place in self._folders for file in self._folders[place]
        )

    def _other(
        self, label: str, folders: Folders, folder: PurePosixPath, place: str
    ) -> SourceFiles:
        other = SourceFiles.__new__(SourceFiles)
        other._set(self.path, label, folders, folder, place)
        return other


def _top_of(folders: Folders) -> PurePosixPath:
    """The folder that is meant: the outermost one that holds more than another folder."""
    top = PurePosixPath()
    while not folders.get(top):
        inside = {folder.parts[len(top.parts)] for folder in folders if _is_below(folder, top)}
        if len(inside) != 1:
            break
        top /= inside.pop()
    return top


def _is_below(folder: PurePosixPath, top: PurePosixPath) -> bool:
    return folder != top and folder.parts[: len(top.parts)] == top.parts


def _folders_of_folder(root: Path) -> Folders:
    folders: Folders = {}
    waiting, entries = [(root, PurePosixPath())], 0
    while waiting:
        folder, place = waiting.pop()
        files = folders.setdefault(place, [])
        try:
            for entry in sorted(folder.iterdir()):
                entries += 1
                if entry.name.startswith(".") or entry.name == "__MACOSX":
                    continue
                if entry.is_dir() and len(place.parts) < DEEPEST:
                    waiting.append((entry, place / entry.name))
                elif entry.is_file():
                    size = entry.stat().st_size
                    files.append(DataFile(entry.name, size, _opener(entry), size))
        except OSError as error:
            raise DatasetError(f"{folder} cannot be read: {error}") from error
        if entries > MOST_ENTRIES:
            raise DatasetError(f"{root} holds more than {MOST_ENTRIES:,} files: name the folder.")
    return folders


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _folders_of_zip(path: Path) -> Folders:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        with path.open("rb") as file:
            archives.refuse_unreadable(path.name, file.read(archives.HEAD))
        raise DatasetError(f"{path} is not a folder and not a sound zip file.") from error
    return _folders_of_archive(archive)


def _folders_in(file: DataFile) -> Folders:
    """The folders of a zip inside another one, or inside a folder; none if it is damaged."""
    try:
        with file.open_packed() as packed:
            copy = archives.spooled(file.name, packed, file.packed_size)
        archive = zipfile.ZipFile(copy)
    except DAMAGED:
        return {}
    weakref.finalize(archive, copy.close)
    return _folders_of_archive(archive)


def _folders_of_archive(archive: zipfile.ZipFile) -> Folders:
    folders: Folders = {}
    for path, member in archives.members_of(archive).items():
        file = DataFile(path.name, member.file_size, _member(archive, member), member.compress_size)
        folders.setdefault(path.parent, []).append(file)
    return folders


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: archives.open_member(archive, member)
