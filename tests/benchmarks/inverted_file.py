"""An approximate index to compare exact scoring with: an inverted file, the kind that needs least.

Films are put into cells by k-means (Jégou, Douze and Schmid, "Product quantization for nearest
neighbor search", 2011, section 4, without the quantization); a search scores the films of those
cells alone whose centres score best. Numpy only, like what it is compared with.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ROUNDS = 6
SAMPLE = 40_000


class InvertedFile:
    """``rows`` (n, k) in about the square root of n cells."""

    def __init__(self, rows: Floats, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        cells = int(np.sqrt(len(rows)))
        sample = rows[random.choice(len(rows), min(SAMPLE, len(rows)), replace=False)]
        self.centres = sample[:cells].copy()
        for _ in range(ROUNDS):
            self._move(sample, nearest(sample, self.centres))
        cell_of_row = nearest(rows, self.centres)
        self.ids = np.argsort(cell_of_row, kind="stable")
        self.rows = rows[self.ids]
        self.starts = np.searchsorted(cell_of_row[self.ids], np.arange(cells + 1))

    def _move(self, sample: Floats, cells: NDArray[np.int64]) -> None:
        sums = np.zeros_like(self.centres)
        np.add.at(sums, cells, sample)
        counts = np.bincount(cells, minlength=len(self.centres))
        there = counts > 0
        self.centres[there] = sums[there] / counts[there, None]

    def search(self, query: Floats, n: int, probes: int) -> NDArray[np.int64]:
        """The ids of about the ``n`` rows with the largest product with ``query`` (k,)."""
        scores = self.centres @ query
        cells = np.argpartition(-scores, probes - 1)[:probes]
        spans = [slice(self.starts[cell], self.starts[cell + 1]) for cell in cells]
        found = np.concatenate([self.rows[span] @ query for span in spans])
        ids = np.concatenate([self.ids[span] for span in spans])
        return ids[best(found, n)]


def nearest(rows: Floats, centres: Floats, block: int = 20_000) -> NDArray[np.int64]:
    """The centre (n,) nearest to each row."""
    lengths = (centres**2).sum(axis=1) / 2
    return np.concatenate(
        [
            (rows[start : start + block] @ centres.T - lengths).argmax(axis=1)
            for start in range(0, len(rows), block)
        ]
    )


def best(scores: Floats, n: int) -> NDArray[np.int64]:
    """Places of the ``n`` largest."""
    if len(scores) <= n:
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - n)[len(scores) - n])[:n]
