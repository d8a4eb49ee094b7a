"""Why a site answered 500, as the log of its web processes tells."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ENTRY = re.compile(r"^\d{4}-\d\d-\d\dT")
FAILED = re.compile(r"Internal Server Error: (\S+)")
RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Timeout)\b.*")


def internal_errors(log: Path) -> dict[str, int]:
    """How often which error was answered at which address; numbers of things are ``N``."""
    found: Counter[str] = Counter()
    where = raised = ""
    for line in [*log.read_text(encoding="utf-8", errors="replace").splitlines(), "2000-01-01T"]:
        if ENTRY.match(line):
            if where:
                found[f"{where}: {raised}"] += 1
            failed = FAILED.search(line)
            where, raised = (re.sub(r"\d+", "N", failed[1]) if failed else ""), ""
        elif where and RAISED.match(line):
            raised = line[:200]
    return dict(found)
