"""How often the gate turns down a candidate that is as good, and one that is worse.

python -m tests.benchmarks.bench_gate [--whole] [--seeds 4] [--draws 10] [--fits FOLDER]

Versions of a kind are fitted to the same ratings with other seeds; each in turn is the candidate
for each other one's place, and the best of the rest stands for the best of the last five. A draw
is another site: its users are drawn with replacement, and each one's answers are dealt to the
versions by chance, so that no version is truly better while the noise between fits stays. A worse
candidate has a share of its answers from the baseline (mean rating, most rated films), as large as
makes it worse by so much. The former rule (the three newest questions of each user, 1,000 in all,
MRR, margin 1 %, certainty 80 %) is asked the same. One JSON object a line, with 95 % intervals by
Wilson. Small by default: the factorization alone; `--whole` adds the sequence model, whose fits
take minutes. Fits and answers are kept in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import django
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .gate_sites import Floats, Ints, Part, former_questions, rates, verdicts_of_fits
from .ratings_file import read_ratings

HOLDOUT_PERCENT = 5.0
LOSSES = (0.0, 0.02, 0.05, 0.10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--draws", type=int, default=10, help="sites drawn for each pair")
    parser.add_argument("--fits", type=Path, default=Path(tempfile.gettempdir()) / "bench_gate")
    parser.add_argument("--ratings", type=Path, help="a MovieLens file; else ratings_small.csv")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    for name, value in (
        ("SECRET_KEY", "x"),
        ("DATABASE_URL", "postgres://nobody@localhost/none"),
        ("REDIS_URL", "redis://localhost"),
    ):
        os.environ.setdefault(name, value)
    django.setup()
    for kind in ("factorization", "sequence")[: 2 if options.whole else 1]:
        parts = answers_of(kind, options)
        former = former_questions(parts[0].users)
        for pair in verdicts_of_fits(parts, former):
            print(json.dumps({"kind": kind, **pair}), flush=True)
        for loss in LOSSES:
            line = rates(parts, former, loss, options.draws)
            print(json.dumps({"kind": kind, "loss_percent": 100 * loss, **line}), flush=True)


def answers_of(kind: str, options: argparse.Namespace) -> list[Part]:
    """What each version answers, asked as the gate asks."""
    from recommender.gate.evaluate import (
        MeanRating,
        MostRated,
        NextItemVersion,
        StarVersion,
        choose_questions,
        forward_star_errors,
        late,
    )
    from recommender.gate.holdout import held_out
    from recommender.gate.page import Page, choose_liked, page_ranks

    snapshot = snapshot_of(options.ratings)
    hidden = held_out(snapshot.user_ids, snapshot.movie_ids, HOLDOUT_PERCENT)
    versions = [fitted(kind, seed, snapshot, hidden, options.fits) for seed in range(options.seeds)]
    other_kind = "sequence" if kind == "factorization" else "factorization"
    beside = fitted(other_kind, 0, snapshot, hidden, options.fits) if options.whole else None
    rows = choose_questions(snapshot, HOLDOUT_PERCENT, 20_000)
    newest = rows[late(snapshot, rows)]
    liked = choose_liked(snapshot, rows, hidden)
    of_version = StarVersion if kind == "factorization" else NextItemVersion
    baseline = (MeanRating if kind == "factorization" else MostRated)(snapshot, ~hidden)
    tested = [*(of_version(one) for one in versions), baseline]

    def part(name: str, measure: str, asked: Ints, found: list[Floats]) -> Part:
        table = np.stack(found)
        return Part(name, measure, snapshot.user_ids[asked], table[:-1], table[-1])

    def keep(name: str, ask: Callable[[], list[Floats]]) -> list[Floats]:
        path = options.fits / f"{kind}-{name}-{options.seeds}.npy"
        if not path.exists():
            np.save(path, np.stack(ask()))
        return list(np.load(path))

    measure = "stars" if kind == "factorization" else "next"
    every = keep("all", lambda: [one.answers(snapshot, rows, ignore) for one in tested])
    if kind == "factorization":
        forward = keep(
            "forward",
            lambda: [forward_star_errors(snapshot, newest, one, ignore) for one in tested],
        )
    else:
        forward = [found[late(snapshot, rows)] for found in every]
    parts = [part("gate", measure, rows, every), part("forward", measure, newest, forward)]
    if beside is not None:
        pages = [
            Page.of(one, beside) if kind == "factorization" else Page.of(beside, one)
            for one in versions
        ]
        popular = keep(
            "popular", lambda: [MostRated(snapshot, ~hidden).answers(snapshot, liked, ignore)]
        )
        on_pages = keep(
            "page", lambda: [page_ranks(snapshot, liked, hidden, one, ignore) for one in pages]
        )
        parts.append(part("page", "page", liked, on_pages + popular))
    return parts


def snapshot_of(path: Path | None):
    from recommender.data.snapshot import Fingerprint, Snapshot

    data = read_ratings(path)
    data = data.take(data.time_order())
    movie_ids = np.arange(data.num_items, dtype=np.int64)
    return Snapshot(
        user_ids=data.user_ids + 1,
        movie_ids=data.item_ids,
        half_stars=(2 * data.ratings).astype(np.int8),
        rated_at=data.timestamps,
        item_movie_ids=movie_ids,
        item_features=sp.csr_matrix((len(movie_ids), 0), dtype=np.float32),
        fingerprint=Fingerprint(
            rating_count=len(data), watermark=None, data_hash="", deleted_accounts=0
        ),
    )


def fitted(kind: str, seed: int, snapshot, hidden: NDArray[np.bool_], folder: Path):
    """A version of the kind, fitted to what is not hidden unless the folder has it."""
    from recommender.learning import presets
    from recommender.learning.artifact import read_artifact, write_artifact
    from recommender.learning.interactions import Interactions
    from recommender.versions.load import SCORERS, LoadedVersion

    place = folder / f"{kind}-{seed}"
    if not place.is_dir():
        make = presets.explicit if kind == "factorization" else presets.sequence
        known = Interactions(
            snapshot.user_ids[~hidden],
            snapshot.movie_ids[~hidden],
            ratings=snapshot.stars[~hidden],
            timestamps=snapshot.rated_at[~hidden],
            num_items=len(snapshot.item_movie_ids),
        )
        arrays, settings = make(random_state=seed).fit(known).export()
        place.mkdir(parents=True)
        write_artifact(place, arrays, {"settings": settings})
    artifact = read_artifact(place)
    arrays = {name: np.asarray(array) for name, array in artifact.arrays.items()}
    return LoadedVersion(
        kind=kind,
        pk=seed,
        trained_at=datetime.now(UTC),
        watermark=None,
        scorer=SCORERS[kind](arrays, artifact.manifest["settings"]),
        movie_ids=snapshot.item_movie_ids,
        item_vectors=None,
    )


def ignore(done: int) -> None:
    """Nobody is told how far the answers have come."""


if __name__ == "__main__":
    main()
