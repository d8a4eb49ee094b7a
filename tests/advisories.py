"""Known vulnerabilities of the packages in lists of requirements, read from a folder.

python -m tests.advisories FOLDER [FILE ...]

FOLDER holds advisories in the form of OSV, as YAML or JSON, however deep: a clone of
https://github.com/pypa/advisory-database, or what OSV offers as one archive for PyPI, unpacked. The
exit status is 1 where a version that FILE pins (requirements.txt) has a vulnerability, and 2 where
the folder has no advisory.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
# CSafeLoader reads thousands of files in seconds, the one in Python in minutes.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Package(TypedDict):
    ecosystem: str
    name: str


class Range(TypedDict):
    type: str
    events: list[dict[str, str]]


class Affected(TypedDict, total=False):
    package: Package
    ranges: list[Range]
    versions: list[str]


class Advisory(TypedDict, total=False):
    id: str
    aliases: list[str]
    modified: str
    withdrawn: str
    summary: str
    details: str
    affected: list[Affected]


@dataclass(frozen=True)
class Finding:
    package: str
    version: str
    advisory: Advisory

    def __str__(self) -> str:
        one = self.advisory
        names = ", ".join([one["id"], *one.get("aliases", [])])
        said = one.get("summary") or one.get("details") or ""
        return f"{self.package} {self.version}: {names}: {' '.join(said.split())[:160]}"


def main(arguments: list[str]) -> int:
    folder, *files = arguments
    advisories = list(advisories_in(Path(folder)))
    if not advisories:
        print(f"{folder} has no advisories.", file=sys.stderr)
        return 2
    pins = pinned_in(*(Path(file) for file in files or [ROOT / "requirements.txt"]))
    found = sorted({str(one) for one in findings(pins, advisories)})
    newest = max(str(one.get("modified", ""))[:10] for one in advisories)
    print(*found, sep="\n", end="\n" if found else "")
    print(
        f"{len(pins)} packages, {len(advisories)} advisories, the newest of {newest}: "
        f"{len(found)} known vulnerabilities."
    )
    return 1 if found else 0


def pinned_in(*files: Path) -> dict[str, set[str]]:
    """Each package with its versions: platforms and Pythons may have different ones."""
    pins: dict[str, set[str]] = {}
    for file in files:
        for name, version in PINNED.findall(file.read_text(encoding="utf-8")):
            pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def advisories_in(folder: Path) -> Iterator[Advisory]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".json"):
            text = path.read_text(encoding="utf-8")
            one = json.loads(text) if path.suffix == ".json" else yaml.load(text, LOADER)  # noqa: S506
            if isinstance(one, dict) and "id" in one and "affected" in one:
                yield Advisory(**one)


def findings(pins: dict[str, set[str]], advisories: list[Advisory]) -> Iterator[Finding]:
    for advisory in advisories:
        if advisory.get("withdrawn"):
            continue
        for affected in advisory["affected"]:
            package = affected.get("package")
            if not package or package["ecosystem"] != "PyPI":
                continue
            name = canonicalize_name(package["name"])
            for version in pins.get(name, ()):
                if has(affected, version):
                    yield Finding(name, version, advisory)


def has(affected: Affected, version: str) -> bool:
    """Whether a version is among those affected: named, or between two events."""
    if version in map(str, affected.get("versions", [])):
        return True
    ranges = [one for one in affected.get("ranges", []) if one["type"] == "ECOSYSTEM"]
    return any(within(one["events"], Version(version)) for one in ranges)


def within(events: list[dict[str, str]], version: Version) -> bool:
    """What the last event at or before the version says; one that ends with it has it still."""
    inside = False
    for number, what in sorted((ordered(event) for event in events), key=lambda one: one[0]):
        if version > number or (version == number and what != "last_affected"):
            inside = what == "introduced"
    return inside


def ordered(event: dict[str, str]) -> tuple[Version, str]:
    [(what, number)] = event.items()
    try:
        return Version(str(number)), what
    except InvalidVersion:  # of old releases: counts as the first, so that nothing is overlooked
        return Version("0"), what


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
