"""Draws how the library's models learn: loss and a validation metric after each epoch, as SVG.

python -m tests.benchmarks.draw_curves [RATINGS] [--to docs/curves] [--only NAME ...] [--seeds 1]

The curves are those of seed 0. Over several seeds the scores after the last epoch are printed too:
one fit says too little about settings, and these are what they may be chosen by.
The metrics are of validation data: a tenth of the training ratings of the first split of the
protocol "ratings", and the validation items of "leave-one-out". The tests' items are not looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommender.learning.cross_validation import leave_one_out_split, random_train_test_split
from recommender.learning.engine.curves import history_svg
from recommender.learning.engine.training import EarlyStopping, Epoch
from recommender.learning.evaluation import ranking_scores, rmse_score
from recommender.learning.interactions import Interactions

from .bench_library import RATINGS, SEQUENCES, USERS
from .ratings_file import read_ratings

# Never stops: the curves show what comes after the best epoch too.
PATIENCE = 1000


@dataclass(frozen=True)
class Asked:
    """A sequence model asked about users: with the newest items of each."""

    model: Any
    histories: Any

    def predict(self, user_ids: Any) -> Any:
        return self.model.predict(self.histories[user_ids])


def ratings(name: str, data: Interactions, seed: int) -> list[Epoch]:
    train, _ = random_train_test_split(data, random_state=0)
    train, validation = random_train_test_split(train, 0.1, random_state=0)
    model = RATINGS[name].make(seed)
    stopping = EarlyStopping(
        score=lambda fitted: -rmse_score(fitted, validation), patience=PATIENCE
    )
    return model.fit(train, early_stopping=stopping).history


def users(name: str, data: Interactions, seed: int) -> list[Epoch]:
    train, validation, _ = leave_one_out_split(data, validation=True)
    model = USERS[name].make(seed)
    return model.fit(
        train, early_stopping=_stopping(lambda fitted: fitted, train, validation)
    ).history


def sequences(name: str, data: Interactions, seed: int) -> list[Epoch]:
    train, validation, _ = leave_one_out_split(data, validation=True)
    entry = SEQUENCES[name]
    windows = train.to_sequence(max_sequence_length=entry.reads)
    first = np.unique(windows.user_ids, return_index=True)[1]  # A user's newest comes first.
    histories = np.zeros((train.num_users, entry.reads), np.int64)
    histories[windows.user_ids[first]] = windows.sequences[first]
    stopping = _stopping(lambda fitted: Asked(fitted, histories), train, validation)
    learned = train.to_sequence(max_sequence_length=entry.length)
    return entry.make(seed).fit(learned, early_stopping=stopping).history


def _stopping(
    asked: Callable[[Any], Any], train: Interactions, validation: Interactions
) -> EarlyStopping:
    def score(model: Any) -> float:
        return float(ranking_scores(asked(model), validation, train).ndcg.mean())

    return EarlyStopping(score=score, patience=PATIENCE)


CURVES: dict[str, tuple[Callable[[str, Interactions, int], list[Epoch]], str, str]] = {
    "explicit": (ratings, "explicit, 2 dimensions", "explicit, 2 dimensions (score: -RMSE)"),
    "bpr": (users, "implicit, bpr", "implicit, bpr (score: NDCG@10)"),
    "pooling": (sequences, "pooling, adaptive hinge", "pooling, adaptive hinge (score: NDCG@10)"),
    "transformer": (
        sequences,
        "transformer, sampled softmax",
        "transformer, sampled softmax (score: NDCG@10)",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ratings", type=Path, nargs="?", help="a MovieLens file")
    parser.add_argument("--to", type=Path, default=Path("docs/curves"))
    parser.add_argument("--only", nargs="+", choices=CURVES, default=list(CURVES))
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    data = read_ratings(options.ratings)
    options.to.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        fit, model, title = CURVES[name]
        path = options.to / f"{name}.svg"
        histories = [fit(model, data, seed) for seed in range(options.seeds)]
        path.write_text(history_svg(histories[0], title))
        last = np.array([history[-1].score for history in histories], float)
        scores = " ".join(f"{score:.4f}" for score in last)
        print(f"{path}: {scores}, mean {last.mean():.4f} ± {last.std():.4f}", flush=True)


if __name__ == "__main__":
    main()
