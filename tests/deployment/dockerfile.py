"""The Dockerfile taken apart, and the folder that it would copy into the image."""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Instruction:
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Of one in exec form; a ``ValueError`` for one that a shell would run."""
        words: list[str] = json.loads(self.text)
        return words


def stages() -> dict[str, list[Instruction]]:
    """The instructions of each stage by its name, continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    found: dict[str, list[Instruction]] = {"": []}
    stage = ""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        name, _, rest = line.partition(" ")
        if name == "FROM":
            stage = rest.rpartition(" AS ")[2]
            found[stage] = []
        if name:
            found[stage].append(Instruction(name, rest))
    return found


def copy_context(folder: Path) -> None:
    """What ``COPY . .`` copies: the files that git knows and .dockerignore lets through."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file() and in_context(name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)


def in_context(name: str) -> bool:
    """True when .dockerignore lets the file through; the last pattern that fits decides."""
    passed = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = Path(name).parts
        above = [str(Path(*parts[:count])) for count in range(1, len(parts) + 1)]
        tried = [*above, *parts] if "**/" in line else above
        if any(fnmatch.fnmatchcase(one, pattern) for one in tried):
            passed = line.startswith("!")
    return passed
