"""The folder of a run's Unix sockets.

A socket's path is at most 107 bytes long (103 on macOS), which a deep checkout exceeds, so the
folder is made under the system's temporary folder and its path is recorded in ``var/``.
"""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from moviesite.local.errors import LocalRunError
from moviesite.local.processes import Account

POSTGRES_PORT = 5432  # only names the socket file: nothing listens on TCP
LONGEST_NAME = f".s.PGSQL.{POSTGRES_PORT}.lock"
LONGEST_PATH = 103


def socket_folder(var: Path, account: Account | None) -> Path:
    """The folder recorded for this run, made anew when it is gone or no longer only ours."""
    recorded = var / "socket-folder"
    if recorded.exists():
        folder = Path(recorded.read_text(encoding="utf-8"))
        if _is_ours(folder, account):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="matinee-", dir=_short_temporary_folder()))
    if account:
        os.chown(folder, account.uid, account.gid)
    recorded.write_text(str(folder), encoding="utf-8")
    return folder


def remove_socket_folder(var: Path) -> None:
    """Forget the folder after a clean stop."""
    recorded = var / "socket-folder"
    if recorded.exists():
        shutil.rmtree(recorded.read_text(encoding="utf-8"), ignore_errors=True)
        recorded.unlink()


def _short_temporary_folder() -> str:
    for folder in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  (mkdtemp makes it private)
        path = os.path.join(folder, "matinee-12345678", LONGEST_NAME)
        if len(os.fsencode(path)) <= LONGEST_PATH and os.access(folder, os.W_OK):
            return folder
    raise LocalRunError(
        f"No temporary folder with a short path can be written to for Unix sockets (TMPDIR is "
        f"{tempfile.gettempdir()})."
    )


def _is_ours(folder: Path, account: Account | None) -> bool:
    """A folder in /tmp could be anybody's: it must be a real, private one of the right owner."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    owner = account.uid if account else os.geteuid()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
