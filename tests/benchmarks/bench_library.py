"""Quality and time of the library's own models: ``python -m tests.benchmarks.bench_library``.

The protocols are those of docs/models.md. Settings are fixed here: nothing is chosen by what is
printed.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.learning.cross_validation import (
    leave_one_out_split,
    random_train_test_split,
    user_based_train_test_split,
)
from recommender.learning.datasets.tables import from_integers
from recommender.learning.evaluation import ranking_scores, sequence_mrr_score
from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions, SequenceInteractions
from recommender.learning.sequence.implicit import ImplicitSequenceModel

Maker = Callable[[int], Any]

RATINGS: dict[str, Maker] = {
    "explicit, the article's settings": lambda seed: ExplicitFactorizationModel(random_state=seed),
    "explicit, 2 dimensions": lambda seed: ExplicitFactorizationModel(
        embedding_dim=2, l2=5e-5, learning_rate=5e-3, batch_size=512, n_iter=15, random_state=seed
    ),
}
USERS: dict[str, Maker] = {
    **{
        f"implicit, {loss}": lambda seed, loss=loss: ImplicitFactorizationModel(
            loss, embedding_dim=64, n_iter=20, batch_size=1024, l2=1e-6, random_state=seed
        )
        for loss in ("pointwise", "bpr", "hinge", "adaptive_hinge", "warp")
    },
    "alternating least squares, 64": lambda seed: ImplicitALSModel(random_state=seed),
}
SEQUENCES: dict[str, Maker] = {
    "cnn, bpr (the article's)": lambda seed: ImplicitSequenceModel(
        "bpr", "cnn", random_state=seed
    ),
    **{
        f"{kind}, adaptive hinge, 20 negatives": lambda seed, kind=kind: ImplicitSequenceModel(
            "adaptive_hinge", kind, 64, num_negative_samples=20, random_state=seed
        )
        for kind in ("pooling", "cnn", "lstm", "mixture")
    },
    "transformer, softmax": lambda seed: ImplicitSequenceModel(
        "softmax", "transformer", 64, n_iter=12, batch_size=32, learning_rate=2e-3,
        random_state=seed,
    ),
    "transformer, sampled softmax, 512 negatives": lambda seed: ImplicitSequenceModel(
        "sampled_softmax", "transformer", 64, n_iter=20, batch_size=32, learning_rate=2e-3,
        num_negative_samples=512, random_state=seed,
    ),
}  # fmt: skip


def read(path: Path) -> Interactions:
    table = pd.read_csv(path)
    return from_integers(
        table["userId"].to_numpy(),
        table["movieId"].to_numpy(),
        table["rating"].to_numpy(),
        table["timestamp"].to_numpy(),
    )


class FromHistories:
    """A sequence model asked about users: each is the newest items of the training set."""

    def __init__(self, model: Any, train: Interactions, length: int = 50) -> None:
        self._model = model
        order = train.time_order()
        self._histories = np.zeros((train.num_users, length), np.int64)
        for user, own in enumerate(
            np.split(
                train.item_ids[order],
                np.cumsum(np.bincount(train.user_ids, minlength=train.num_users))[:-1],
            )
        ):
            newest = own[-length:]
            self._histories[user, length - len(newest) :] = newest

    def predict(self, user_ids: Any) -> Any:
        return self._model.predict(self._histories[user_ids])


def fit(maker: Maker, seed: int, data: Interactions | SequenceInteractions) -> tuple[Any, float]:
    started = time.perf_counter()
    model = maker(seed).fit(data)
    return model, time.perf_counter() - started


def report(name: str, rows: list[dict[str, float]]) -> None:
    cells = []
    for metric in rows[0]:
        values = np.array([row[metric] for row in rows])
        cells.append(f"{metric} {values.mean():.4f} ± {values.std():.4f}")
    print(f"{name:<45} {'  '.join(cells)}", flush=True)


def rate(data: Interactions, seeds: int) -> None:
    for name, maker in RATINGS.items():
        rows = []
        for seed in range(seeds):
            train, test = random_train_test_split(data, random_state=seed)
            model, seconds = fit(maker, seed, train)
            predicted = np.clip(model.predict(test.user_ids, test.item_ids), 0.5, 5)
            rmse = float(np.sqrt(((predicted - test.ratings) ** 2).mean()))
            rows.append({"RMSE": rmse, "fit s": seconds})
        report(name, rows)


def leave_one_out(data: Interactions, seeds: int) -> None:
    train, test = leave_one_out_split(data)
    sequences = train.to_sequence(max_sequence_length=50)
    for name, maker in {**USERS, **SEQUENCES}.items():
        rows = []
        for seed in range(seeds):
            part: Any = sequences if name in SEQUENCES else train
            model, seconds = fit(maker, seed, part)
            asked = FromHistories(model, train) if name in SEQUENCES else model
            scores = ranking_scores(asked, test, train).means()
            rows.append(
                {
                    "HR@10": scores["hit_rate"],
                    "NDCG@10": scores["ndcg"],
                    "MRR": scores["reciprocal_rank"],
                    "fit s": seconds,
                }
            )
        report(name, rows)


def windows(data: Interactions, seeds: int) -> None:
    for name, maker in SEQUENCES.items():
        rows = []
        for seed in range(seeds):
            train, test = user_based_train_test_split(data, random_state=seed)
            model, seconds = fit(maker, seed, train.to_sequence())
            questions = test.to_sequence()
            mrr = float(sequence_mrr_score(model, questions).mean())
            rows.append({"MRR": mrr, "fit s": seconds})
        report(name, rows)


PROTOCOLS = {"ratings": rate, "leave-one-out": leave_one_out, "windows": windows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ratings", type=Path, help="ratings.csv of any MovieLens")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--protocol", choices=PROTOCOLS)
    options = parser.parse_args()
    data = read(options.ratings)
    for name, protocol in PROTOCOLS.items():
        if options.protocol in (None, name):
            print(f"\n{name}: {options.seeds} seeds on {data!r}")
            protocol(data, options.seeds)


if __name__ == "__main__":
    main()
