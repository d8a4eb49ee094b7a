"""The files of a dataset: in a folder or a zip, each plain, gzipped or zipped by itself."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from .records import DatasetError

PACKINGS = (".gz", ".zip")


@dataclass(frozen=True)
class DataFile:
    """One file; ``size`` is what is read of the disk or the archive, in bytes."""

    name: str
    size: int
    open_packed: Callable[[], BinaryIO]

    @contextmanager
    def open(self, encoding: str = "utf-8-sig") -> Iterator[tuple[io.TextIOBase, BinaryIO]]:
        """The unpacked text, and the packed stream whose ``tell`` says how far it is read.

        Bytes that are not of the encoding become U+FFFD. Raises DatasetError where the archive
        is damaged.
        """
        try:
            with self.open_packed() as packed, _unpacked(self.name, packed) as plain:
                yield io.TextIOWrapper(plain, encoding, errors="replace", newline=""), packed
        except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DatasetError(f"{self.name} is damaged or cut short: {error}") from error


def _unpacked(name: str, packed: BinaryIO) -> BinaryIO:
    if name.endswith(".gz"):
        return cast(BinaryIO, gzip.open(packed))
    if name.endswith(".zip"):
        archive = zipfile.ZipFile(packed)
        return cast(BinaryIO, archive.open(archive.infolist()[0]))
    return packed


class SourceFiles:
    """The files of one dataset by name.

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
        self.path = path
        if path.is_dir():
            self._files = _files_of_folder(path)
        elif path.is_file():
            self._files = _files_of_zip(path)
        else:
            raise DatasetError(f"There is no folder or zip file {path}.")

    @property
    def label(self) -> str:
        """The name of the folder or, without its ending, of the zip."""
        return self.path.stem if self.path.is_file() else self.path.resolve().name

    @property
    def names(self) -> list[str]:
        return sorted(self._files)

    def find(self, *names: str) -> DataFile | None:
        """The first of these files that is there, plain before packed."""
        for name in names:
            for packed in (name, *(name + packing for packing in PACKINGS)):
                if packed in self._files:
                    return self._files[packed]
        return None

    def ending(self, suffix: str) -> DataFile | None:
        """The first file, by name, that ends so."""
        return next((self._files[name] for name in self.names if name.endswith(suffix)), None)


def _files_of_folder(folder: Path) -> dict[str, DataFile]:
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    if len(entries) == 1 and entries[0].is_dir():
        return _files_of_folder(entries[0])
    return {
        entry.name: DataFile(entry.name, entry.stat().st_size, _opener(entry))
        for entry in entries
        if entry.is_file()
    }


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _files_of_zip(path: Path) -> dict[str, DataFile]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise DatasetError(f"{path} is not a folder and not a sound zip file.") from error
    files: dict[str, DataFile] = {}
    for member in archive.infolist():
        name = PurePosixPath(member.filename).name
        if not member.is_dir() and not member.filename.startswith(("__MACOSX/", ".")):
            files.setdefault(name, DataFile(name, member.file_size, _member(archive, member)))
    return files


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(member))
