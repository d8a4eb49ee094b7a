"""The children's logs in ``var/log``: kept small, and the warnings in them shown."""

import re
import shutil
from pathlib import Path

LARGEST = 20 * 10**6  # bytes of one log; one older piece is kept beside it
SHOWN_PER_MINUTE = 20

# As structlog prints a level for people, as it does for machines, and as gunicorn does.
_WORTH_SHOWING = re.compile(
    r"\[(warning|error|critical)\s*\]|\"level\": \"(warning|error|critical)\"|\[(ERROR|CRITICAL)\]"
)
# A visitor's mistyped address is no news to the operator.
_NOT_NEWS = re.compile(r"\[warning\s*\].*(django\.request|django_structlog)|\"django\.request\"")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class WatchedLog:
    """Reads what a child appends to its log.

    Parameters
    ----------
    name
        Of the child, to tell whose line is shown.
    path
        Of the log; the child appends to it, so that it can be cut while the child runs.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.position = path.stat().st_size if path.exists() else 0
        self._minute = 0
        self._shown = 0

    def news(self, now: float) -> list[str]:
        """Lines since the last call that the operator should see, at most a few a minute."""
        if int(now // 60) != self._minute:
            self._minute, self._shown = int(now // 60), 0
        lines = [
            line
            for line in (_COLOURS.sub("", line) for line in self._appended())
            if _WORTH_SHOWING.search(line) and not _NOT_NEWS.search(line)
        ]
        room = max(0, SHOWN_PER_MINUTE - self._shown)
        told = [f"[{self.name}] {line}" for line in lines[:room]]
        if len(lines) > room > 0:
            told.append(f"[{self.name}] and more of these: see {self.path}")
        self._shown += len(lines)
        return told

    def _appended(self) -> list[str]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self.position:
                self.position = 0
            file.seek(self.position)
            whole, newline, _ = file.read().rpartition(b"\n")
        self.position += len(whole) + len(newline)
        return whole.decode(errors="replace").splitlines()

    def keep_small(self) -> None:
        """Move a large log's content aside and start it afresh."""
        if self.path.exists() and self.path.stat().st_size > LARGEST:
            older = self.path.with_suffix(".log.1")
            try:
                shutil.copy(self.path, older)  # with its mode
            except OSError:  # on a full disk the older piece is what there is to give
                older.unlink(missing_ok=True)
            with self.path.open("r+b") as file:
                file.truncate(0)
            self.position = 0


def last_line(log: Path) -> str:
    """The last thing that a log says, for an error message: its last error where it has one."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    told = [line.strip() for line in lines[-200:] if line.strip()]
    telling = [line for line in told if re.search(r"FATAL|PANIC|ERROR|Error\b", line)]
    return (telling or told or ["it left no message"])[-1]
