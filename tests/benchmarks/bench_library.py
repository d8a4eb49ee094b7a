"""Quality, time and memory of the library's own models, with peers beside them in the same run.

python -m tests.benchmarks.bench_library [RATINGS] [--seeds 5] [--protocols ...] [--only TEXT ...]

The protocols are those of docs/models/measurements.md, and "dense", the walks of Spotlight's own
tests, which are described in docs/models/dense-data.md. Settings are fixed here: nothing is chosen
by what is printed. Every fit has a process of its own, so that its peak memory is its own. Peers
that are not installed are left out; requirements-bench.txt has them.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommender.learning.cross_validation import (
    concatenate,
    leave_one_out_split,
    random_train_test_split,
)
from recommender.learning.evaluation import ranking_scores
from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions
from recommender.learning.sequence.implicit import ImplicitSequenceModel

from .bench_next_film import PROTOCOLS as NEXT_FILM
from .bench_next_film import Protocol, measures, ranks
from .bench_ratings import surprise_knn, surprise_svd, surprise_svd_tuned
from .ratings_file import read_ratings
from .walkers import WALKERS, next_on_a_walk

Row = dict[str, float]


@dataclass(frozen=True)
class Entry:
    """A model: how it is made, what it needs installed and, for sequences, what it reads.

    It learns from windows of ``length`` items, and is asked with the newest ``reads`` of a history.
    """

    make: Callable[[int], Any]
    length: int = 0
    reads: int = 0
    needs: str = "torch"


def implicit_peer(kind: str) -> Callable[[int], Any]:
    """A model of the library ``implicit`` in the clothes of ours."""

    class Peer:
        def __init__(self, seed: int) -> None:
            from implicit.als import AlternatingLeastSquares
            from implicit.bpr import BayesianPersonalizedRanking

            kinds = {"als": AlternatingLeastSquares, "bpr": BayesianPersonalizedRanking}
            self._model = kinds[kind](factors=64, random_state=seed, num_threads=2)

        def fit(self, train: Interactions) -> Peer:
            counts = train.tocsr()
            counts.data[:] = 1.0
            self._model.fit(counts, show_progress=False)
            return self

        def predict(self, user_ids: Any) -> Any:
            return self._model.user_factors[user_ids] @ self._model.item_factors.T

    return Peer


def hinge(representation: str, reads: int = 10) -> Entry:
    """Spotlight's best settings on ratings_small: adaptive hinge, 64 dimensions, 20 negatives."""

    def make(seed: int) -> ImplicitSequenceModel:
        return ImplicitSequenceModel(
            "adaptive_hinge", representation, 64, num_negative_samples=20, random_state=seed
        )

    return Entry(make, 10, reads)


def transformer(loss: str, negatives: int = 5) -> Entry:
    def make(seed: int) -> ImplicitSequenceModel:
        return ImplicitSequenceModel(
            loss,
            "transformer",
            64,
            n_iter=20,
            batch_size=32,
            learning_rate=4e-3,
            num_negative_samples=negatives,
            random_state=seed,
            schedule="one_cycle",
        )

    return Entry(make, 50, 50)


RATINGS = {
    "explicit, the article's settings": Entry(
        lambda seed: ExplicitFactorizationModel(random_state=seed)
    ),
    "explicit, 2 dimensions": Entry(
        lambda seed: ExplicitFactorizationModel(
            embedding_dim=2,
            l2=5e-5,
            learning_rate=5e-3,
            batch_size=512,
            n_iter=15,
            random_state=seed,
        )
    ),
    "Surprise SVD": Entry(lambda seed: surprise_svd, needs="surprise"),
    "Surprise SVD, tuned": Entry(lambda seed: surprise_svd_tuned, needs="surprise"),
    "Surprise KNNBaseline, items": Entry(lambda seed: surprise_knn, needs="surprise"),
}
USERS = {
    **{
        f"implicit, {loss}": Entry(
            lambda seed, loss=loss: ImplicitFactorizationModel(
                loss, embedding_dim=64, n_iter=20, batch_size=1024, l2=1e-6, random_state=seed
            )
        )
        for loss in ("pointwise", "bpr", "hinge", "adaptive_hinge", "warp")
    },
    "alternating least squares, 64": Entry(lambda seed: ImplicitALSModel(random_state=seed)),
    "implicit ALS, 64": Entry(implicit_peer("als"), needs="implicit"),
    "implicit BPR, 64": Entry(implicit_peer("bpr"), needs="implicit"),
}
SEQUENCES = {
    "cnn, bpr (the article's)": Entry(
        lambda seed: ImplicitSequenceModel("bpr", "cnn", random_state=seed), 10, 10
    ),
    "pooling, adaptive hinge": hinge("pooling", reads=5),
    "cnn, adaptive hinge": hinge("cnn"),
    "lstm, adaptive hinge": hinge("lstm"),
    "mixture, adaptive hinge": hinge("mixture"),
    "transformer, sampled softmax": transformer("sampled_softmax", 256),
    "transformer, softmax": transformer("softmax"),
}
PROTOCOLS = {
    "ratings": RATINGS,
    "leave-one-out": {**USERS, **SEQUENCES},
    "windows": SEQUENCES,
    "rolling": SEQUENCES,
}
NEEDS = {
    **{
        name: {model: entry.needs for model, entry in found.items()}
        for name, found in PROTOCOLS.items()
    },
    "dense": dict.fromkeys(WALKERS, "torch"),
}


def stars(entry: Entry, data: Interactions, seed: int) -> Row:
    train, test = random_train_test_split(data, random_state=seed)
    started = time.process_time()
    if entry.needs == "surprise":
        found = entry.make(seed)(train, seed)(test)
    else:
        model = entry.make(seed).fit(train)
        found = model.predict(test.user_ids, test.item_ids)
    seconds = time.process_time() - started
    rmse = float(np.sqrt(((np.clip(found, 0.5, 5) - test.ratings) ** 2).mean()))
    return {"RMSE": rmse, "CPU s": seconds}


def next_choice(entry: Entry, data: Interactions, seed: int) -> Row:
    """Leave-one-out for models of users: asked by user id, what they have met is excluded."""
    train, validation, test = leave_one_out_split(data, validation=True)
    started = time.process_time()
    model = entry.make(seed).fit(train)
    seconds = time.process_time() - started
    scores = ranking_scores(model, test, concatenate(train, validation)).means()
    return {
        "HR@10": scores["hit_rate"],
        "NDCG@10": scores["ndcg"],
        "MRR": scores["reciprocal_rank"],
        "CPU s": seconds,
    }


def next_in_sequence(entry: Entry, protocol: Protocol, seed: int) -> Row:
    started = time.process_time()
    sequences = protocol.train.to_sequence(max_sequence_length=entry.length)
    model = entry.make(seed).fit(sequences)
    seconds = time.process_time() - started

    def score(histories: list[Any]) -> Any:
        rows = np.zeros((len(histories), entry.reads), np.int64)
        for row, history in zip(rows, histories, strict=True):
            newest = history[-entry.reads :]
            row[entry.reads - len(newest) :] = newest
        return model.predict(rows)

    found = measures(ranks(protocol, score))
    return {**{name: float(values.mean()) for name, values in found.items()}, "CPU s": seconds}


def measure(job: tuple[Path | None, str, str, int]) -> Row:
    """One fit of one model under one protocol."""
    path, protocol, name, seed = job
    if protocol == "dense":
        row = next_on_a_walk(WALKERS[name], seed)
    else:
        data, entry = read_ratings(path), PROTOCOLS[protocol][name]
        if protocol == "ratings":
            row = stars(entry, data, seed)
        elif name in USERS:
            row = next_choice(entry, data, seed)
        else:
            row = next_in_sequence(entry, NEXT_FILM[protocol](data, seed), seed)
    return {**row, "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


def line(name: str, rows: list[Row]) -> str:
    cells = [name]
    for measure_name in rows[0]:
        values = np.array([row[measure_name] for row in rows])
        if measure_name in ("CPU s", "peak MB"):
            cells.append(f"{np.median(values):.0f}")
        else:
            cells.append(f"{values.mean():.4f} ± {values.std():.4f}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ratings", type=Path, nargs="?", help="a MovieLens file")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--protocols", nargs="+", choices=NEEDS, default=list(NEEDS))
    parser.add_argument("--only", nargs="+", default=[""], help="parts of models' names")
    options = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for protocol in options.protocols:
            print(f"\n{protocol}, seeds 0 to {options.seeds - 1}")
            headed = False
            for name, needs in NEEDS[protocol].items():
                if not any(part in name for part in options.only):
                    continue
                if importlib.util.find_spec(needs) is None:
                    print(f"| {name} | {needs} is not installed |", flush=True)
                    continue
                jobs = [(options.ratings, protocol, name, seed) for seed in range(options.seeds)]
                rows = pool.map(measure, jobs, chunksize=1)
                if not headed:
                    print(f"| model | {' | '.join(rows[0])} |\n|{' --- |' * (len(rows[0]) + 1)}")
                    headed = True
                print(line(name, rows), flush=True)


if __name__ == "__main__":
    main()
