"""The report of a dataset import: counts, rejected rows with their reasons, remarks."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

# Called with a file's name, the position in it and its size, both in bytes.
Watch = Callable[[str, int, int], None]

# What differs from row to row in a reason.
PARTICULARS = re.compile(r"""'[^']*'|"[^"]*"|(?<=\bmovie )\S+|^\d+(?= columns)""")
MOST_REASONS = 100


class RejectedRow(NamedTuple):
    """A row that was not taken."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass
class Count:
    """Rows of one kind. Those neither loaded, updated nor rejected were there already."""

    read: int = 0
    loaded: int = 0
    updated: int = 0
    rejected: int = 0


@dataclass
class Report:
    """Filled in while a dataset is read and stored.

    Attributes
    ----------
    preview
        Nothing is written, only counted: what would be loaded and updated.
    counts
        By what is counted: "ratings", "movies" and so on.
    problems
        The first ``problem_limit`` rejected rows; ``counts`` has all of them.
    reasons
        How many rows were rejected for each kind of reason, over all kinds of rows.
    above_scale, highest
        How many ratings were rejected for being above the scale, and the highest of them.
    changes, samples
        For a preview: updates by column, and the first rows of each kind.
    remarks
        Dirt that was dealt with, by description.
    """

    problem_limit: int = 20
    preview: bool = False
    watch: Watch | None = None
    counts: dict[str, Count] = field(default_factory=dict)
    problems: list[RejectedRow] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    above_scale: int = 0
    highest: float = 0
    changes: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[list[str]]] = field(default_factory=dict)
    remarks: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str) -> Count:
        return self.counts.setdefault(kind, Count())

    def reject(self, kind: str, file: str, line: int, reason: str) -> None:
        self.count(kind).rejected += 1
        general = PARTICULARS.sub("…", reason)
        if general not in self.reasons and len(self.reasons) >= MOST_REASONS:
            general = "other reasons"
        self.reasons[general] += 1
        if len(self.problems) < self.problem_limit:
            self.problems.append(RejectedRow(file, line, reason))

    @property
    def rejected(self) -> int:
        return sum(count.rejected for count in self.counts.values())

    @property
    def changed(self) -> bool:
        return any(count.loaded or count.updated for count in self.counts.values())

    def as_json(self) -> dict[str, object]:
        """All of it but what is only for reading."""
        return {
            "counts": {kind: asdict(count) for kind, count in self.counts.items()},
            "problems": [list(problem) for problem in self.problems],
            "reasons": dict(self.reasons.most_common()),
            "remarks": {remark: number for remark, number in self.remarks.items() if number},
            "changes": self.changes,
            "samples": self.samples,
        }
