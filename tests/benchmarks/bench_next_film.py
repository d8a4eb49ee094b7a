"""How well the next film is guessed, by the three protocols of docs/models/measurements.md.

python -m tests.benchmarks.bench_next_film [--seeds 5] [--protocols leave-one-out windows rolling]
    [--ratings FILE] [--ties SEED]

Each model ranks the whole catalog. Popularity and plain item-to-item transitions stand beside the
preset, and peers where they are installed (requirements-bench.txt). Differences to the preset are
given with the 95 % interval of a paired bootstrap over questions; where it is not among
``--models``, to the first of those.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.learning import presets
from recommender.learning.cross_validation import leave_one_out_split, user_based_train_test_split
from recommender.learning.interactions import Interactions
from recommender.learning.metrics import check_scores
from recommender.learning.presets.next_item.ease import Autoencoder
from recommender.learning.presets.next_item.model import SequenceBlendModel

from .ratings_file import read_ratings

Array = NDArray[Any]
Scores = Callable[[list[Array]], Array]

_BATCH = 128


@dataclass(frozen=True)
class Protocol:
    """What to learn from, and questions: a history each, and the item that came next."""

    name: str
    train: Interactions
    histories: list[Array]
    targets: Array
    exclude_seen: bool


def leave_one_out(data: Interactions, seed: int) -> Protocol:
    """The newest item of each user with five or more; the one before it is only history."""
    train, _, test = leave_one_out_split(data, 5, validation=True)
    histories, rows = _histories(data)
    last = dict(zip(data.user_ids[rows].tolist(), histories, strict=True))
    asked = [last[user][:-1] for user in test.user_ids.tolist()]
    return Protocol("leave-one-out", train, asked, test.item_ids, True)


def windows(data: Interactions, seed: int) -> Protocol:
    """The last of ten from the nine before, for users who are not in training."""
    train, test = user_based_train_test_split(data, random_state=np.random.RandomState(seed))
    sequences = test.to_sequence().sequences
    return Protocol("windows", train, list(sequences[:, :-1]), sequences[:, -1], False)


def rolling(data: Interactions, seed: int) -> Protocol:
    """Every item of the newest tenth of all, from everything that its user had before."""
    order = np.argsort(data.timestamps, kind="stable")
    late = np.zeros(len(data), bool)
    late[order[int(0.9 * len(data)) :]] = True
    by_user = data.time_order()
    users, items, late = data.user_ids[by_user], data.item_ids[by_user], late[by_user]
    start = np.searchsorted(users, users)
    asked = np.flatnonzero(late & (np.arange(len(users)) > start))
    histories = [items[start[row] : row] for row in asked]
    train = data.take(np.sort(by_user[~late]))
    return Protocol("rolling", train, histories, items[asked], True)


PROTOCOLS = {"leave-one-out": leave_one_out, "windows": windows, "rolling": rolling}


def popularity(train: Interactions, seed: int) -> Scores:
    counts = np.bincount(train.item_ids, minlength=train.num_items).astype(float)
    return lambda histories: np.tile(counts, (len(histories), 1))


def transitions(train: Interactions, seed: int) -> Scores:
    """Item-to-item transitions within ten steps, decay .8, damped by popularity."""
    order = train.time_order()
    users, items = train.user_ids[order], train.item_ids[order]
    size = train.num_items
    counts = sp.csr_array((size, size))
    for lag in range(1, 11):
        same = users[lag:] == users[:-lag]
        pair = (items[:-lag][same], items[lag:][same])
        counts += sp.csr_array((np.full(same.sum(), 0.8 ** (lag - 1)), pair), shape=(size, size))
    damped = sp.diags_array(1 / (np.bincount(items, minlength=size) + 20.0)) @ counts

    def score(histories: list[Array]) -> Array:
        return (_recent(histories, size, 0.8, 10) @ damped).toarray()

    return score


def preset(train: Interactions, seed: int) -> Scores:
    return _each(presets.sequence(random_state=seed).fit(train))


def counted(train: Interactions, seed: int) -> Scores:
    """The preset without its transformer, however much there is to learn from."""
    return _each(SequenceBlendModel(random_state=seed, transformer_from=None).fit(train))


def without_ease(train: Interactions, seed: int) -> Scores:
    """The same when the linear autoencoder says nothing of any pair."""
    silent = patch.object(Autoencoder, "weights", lambda _, offsets, ids, held=None: 0.0)
    with silent:
        return counted(train, seed)


def _each(model: SequenceBlendModel) -> Scores:
    return lambda histories: np.stack([model.predict(history) for history in histories])


def implicit_als(train: Interactions, seed: int) -> Scores:
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(factors=64, random_state=seed, num_threads=2)
    counts = train.tocsr()
    counts.data[:] = 1.0
    model.fit(counts, show_progress=False)

    def score(histories: list[Array]) -> Array:
        users = sp.csr_matrix(_recent(histories, train.num_items, 1.0, 10**6))
        vectors = model.recalculate_user(np.arange(len(histories)), users)
        return vectors @ model.item_factors.T

    return score


MODELS = {
    "popularity": popularity,
    "transitions": transitions,
    "the preset": preset,
    "counted members": counted,
    "counted, without EASE": without_ease,
}
if importlib.util.find_spec("implicit"):
    MODELS["implicit ALS, 64 factors"] = implicit_als


USUAL = [name for name in MODELS if not name.startswith("counted")]


def ranks(protocol: Protocol, score: Scores) -> Array:
    """The rank of each right item in the whole catalog; ties count half.

    Raises ``ValueError`` for scores that are NaN, which nothing would seem to rank above.
    """
    result = np.empty(len(protocol.targets))
    for start in range(0, len(result), _BATCH):
        histories = [h[h > 0] for h in protocol.histories[start : start + _BATCH]]
        targets = protocol.targets[start : start + _BATCH]
        scores = np.array(score(histories), dtype=float)
        check_scores(f"{protocol.name}: scores of questions {start} and on", scores)
        own = np.take_along_axis(scores, targets[:, None], 1)
        scores[:, 0] = -np.inf
        if protocol.exclude_seen:
            for row, history in enumerate(histories):
                scores[row, history] = -np.inf
        above, level = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
        result[start : start + _BATCH] = 1 + above + np.maximum(level - 1, 0) / 2
    return result


def measures(found: Array) -> dict[str, Array]:
    """Each question's hit and gain among the first ten, and its reciprocal rank."""
    hit = found <= 10
    return {
        "HR@10": hit.astype(float),
        "NDCG@10": np.where(hit, 1 / np.log2(found + 1), 0.0),
        "MRR": 1 / found,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--protocols", nargs="+", choices=PROTOCOLS, default=list(PROTOCOLS))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=USUAL)
    parser.add_argument("--ratings", type=Path, help="a MovieLens file; else ratings_small.csv")
    parser.add_argument("--ties", type=int, help="a seed by which ties in time are shuffled")
    options = parser.parse_args()
    data = read_ratings(options.ratings)
    if options.ties is not None:
        data = data.take(np.random.RandomState(options.ties).permutation(len(data)))
    for name in options.protocols:
        found: dict[str, list[Array]] = {model: [] for model in options.models}
        seconds: dict[str, list[float]] = {model: [] for model in options.models}
        for seed in range(options.seeds):
            protocol = PROTOCOLS[name](data, seed)
            for model in options.models:
                started = time.process_time()
                score = MODELS[model](protocol.train, seed)
                seconds[model].append(time.process_time() - started)
                found[model].append(ranks(protocol, score))
        print(f"{name}: {np.mean([len(one) for one in found[options.models[0]]]):.0f} questions")
        for line in _lines(found, seconds, same_questions=name != "windows"):
            print(line, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, at most {peak:.0f} MB resident)"
    )


def _lines(
    found: dict[str, list[Array]], seconds: dict[str, list[float]], same_questions: bool
) -> Iterator[str]:
    first = "the preset" if "the preset" in found else next(iter(found))
    ours = found[first]
    for model, seeds in found.items():
        cells = []
        for measure in ("HR@10", "NDCG@10", "MRR"):
            values = [measures(one)[measure].mean() for one in seeds]
            cells.append(f"{measure} {np.mean(values):.4f} ±{np.std(values):.4f}")
        line = f"  {model:26s} {'  '.join(cells)}  fit {np.mean(seconds[model]):.1f} CPU s"
        if model != first:
            low, high = _interval(ours, seeds, same_questions)
            line += f"  NDCG@10 of {first} more by {low:+.4f} to {high:+.4f}"
        yield line


def _interval(ours: list[Array], theirs: list[Array], same_questions: bool) -> tuple[float, float]:
    """The 95 % interval of the difference in NDCG@10, questions drawn anew 1000 times.

    Where every seed asks the same questions, each counts once, with its mean over the seeds.
    """
    pairs = zip(ours, theirs, strict=True)
    by_seed = [measures(one)["NDCG@10"] - measures(other)["NDCG@10"] for one, other in pairs]
    difference = np.mean(by_seed, axis=0) if same_questions else np.concatenate(by_seed)
    random_state = np.random.RandomState(0)
    means = [
        difference[random_state.randint(0, len(difference), len(difference))].mean()
        for _ in range(1000)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _histories(data: Interactions) -> tuple[list[Array], Array]:
    """Each user's items in time order, and a row of each of those users."""
    order = data.time_order()
    starts = np.unique(data.user_ids[order], return_index=True)[1]
    return np.split(data.item_ids[order], starts[1:]), order[starts]


def _recent(histories: list[Array], size: int, decay: float, span: int) -> sp.csr_array:
    newest = [history[::-1][:span] for history in histories]
    rows = np.repeat(np.arange(len(newest)), [len(one) for one in newest])
    weights = np.concatenate([decay ** np.arange(len(one)) for one in newest])
    shape = (len(histories), size)
    return sp.csr_array((weights, (rows, np.concatenate(newest))), shape=shape)


if __name__ == "__main__":
    main()
