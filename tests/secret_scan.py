"""``python -m tests.secret_scan``: nothing that looks like a key or password is in the repository.

What a service's key looks like is looked for everywhere; words and random letters only outside of
tests, whose passwords are made up. Locks are full of hashes and are left out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[1]
GUESSES = (
    {"name": "KeywordDetector"},
    {"name": "HexHighEntropyString", "limit": 3.0},
    {"name": "Base64HighEntropyString", "limit": 4.5},
)
LEFT_OUT = ("requirements", "locale/", "static/", "docs/images/")

# Values that were looked at: words in examples, an alphabet, a limit, a published checksum.
HARMLESS = {
    "password",
    "secret",
    "p%40ss",
    "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJtYXRpbmVlIn0.",
    "abcdefghjkmnpqrstuvwxyz23456789",
    "20/m/ip,5/15m/key",
    "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
}


def suspicions(names: Iterable[str], root: Path = ROOT) -> Iterator[str]:
    """``file:line: kind`` for each, of these files of the repository."""
    names = list(names)
    kinds = [one.__name__ for one in get_mapping_from_secret_type_to_class().values()]
    guesses = {str(one["name"]) for one in GUESSES}
    shapes = [{"name": kind} for kind in kinds if kind not in guesses]
    yield from _found(shapes, names, root)
    yield from _found(GUESSES, [one for one in names if not one.startswith("tests/")], root)


def _found(plugins: Iterable[object], names: Iterable[str], root: Path) -> Iterator[str]:
    with transient_settings({"plugins_used": list(plugins)}):
        found = SecretsCollection(root=str(root))
        for name in names:
            found.scan_file(name)
    for name, secret in found:
        if secret.secret_value not in HARMLESS:
            yield f"{name}:{secret.line_number}: {secret.type}"


def tracked() -> list[str]:
    """Text files of the repository that may hold a secret."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return [
        name
        for name in listed.split("\0")
        if name and not name.startswith(LEFT_OUT) and (ROOT / name).is_file()
    ]


if __name__ == "__main__":
    found = list(suspicions(tracked()))
    print("\n".join(found) or "no secret found")
    sys.exit(1 if found else 0)
