"""Evaluating the models on the ratings in the database, by three published protocols.

Each fits the models anew on a part of the ratings and asks about the rest; what is live plays no
part. Every ranking is over the whole catalog.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.kinds import AnyKind, Kind, ModelT, ScorerT, StarKind
from recommender.learning.cross_validation import (
    leave_one_out_split,
    random_train_test_split,
    temporal_train_test_split,
    user_based_train_test_split,
)
from recommender.learning.evaluation import rmse_score, sequence_ranking_scores
from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import NextItemModel, StarModel
from recommender.learning.metrics import RankingScores, bootstrap_interval, ranks, score_rankings
from recommender.learning.progress import ProgressCallback
from recommender.training.fit import default_place

TOP = 10
WINDOW = 10
_CELLS_AT_ONCE = 2**23

Metrics = dict[str, Any]
Question = tuple[NDArray[np.int64], int]  # the items before, oldest first, and the right one


def evaluate(
    protocol: str,
    interactions: Interactions,
    names: list[str],
    *,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> dict[str, Metrics]:
    """Metrics of each kind of model.

    Parameters
    ----------
    protocol
        ``article``: a random fifth of all ratings (RMSE), and the last of each window of ten from
        the nine before it, for users who are not in training (nothing excluded). ``leave-one-out``:
        the newest rating of every user with at least five. ``temporal``: all later ratings after
        training on the first nine tenths; each is predicted from everything before it.
    interactions
        All ratings, with times; item 0 is padding.
    seed
        Of the splits and of the fits.

    Raises ``ValueError`` for an unknown protocol, `UnknownKindError` for an unknown kind.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(f"protocol must be one of {', '.join(PROTOCOLS)}, got {protocol!r}")
    return {
        name: PROTOCOLS[protocol](kinds.get(name), interactions, seed, progress) for name in names
    }


def _article(
    kind: AnyKind, interactions: Interactions, seed: int, progress: ProgressCallback | None
) -> Metrics:
    random_state = np.random.RandomState(seed)
    if isinstance(kind, StarKind):
        train, test = random_train_test_split(interactions, random_state=random_state)
        return _stars(_fit(kind, train, seed, progress), train, test)
    train, test = user_based_train_test_split(interactions, random_state=random_state)
    model = _fit(kind, train, seed, progress)
    windows = test.to_sequence(max_sequence_length=WINDOW)
    return _ranking(sequence_ranking_scores(model, windows, k=TOP))


def _leave_one_out(
    kind: AnyKind, interactions: Interactions, seed: int, progress: ProgressCallback | None
) -> Metrics:
    train, test = leave_one_out_split(interactions)
    return _later(kind, train, test, seed, progress)


def _temporal(
    kind: AnyKind, interactions: Interactions, seed: int, progress: ProgressCallback | None
) -> Metrics:
    train, test = temporal_train_test_split(interactions)
    return _later(kind, train, test, seed, progress)


def _later(
    kind: AnyKind,
    train: Interactions,
    test: Interactions,
    seed: int,
    progress: ProgressCallback | None,
) -> Metrics:
    """What was rated later, each item from everything before it."""
    if isinstance(kind, StarKind):
        return _stars(_fit(kind, train, seed, progress), train, test)
    return _ranking(_rolling(_fit(kind, train, seed, progress), train, test))


PROTOCOLS: dict[str, Callable[[AnyKind, Interactions, int, ProgressCallback | None], Metrics]] = {
    "article": _article,
    "leave-one-out": _leave_one_out,
    "temporal": _temporal,
}


def _fit(
    kind: Kind[ModelT, ScorerT], train: Interactions, seed: int, progress: ProgressCallback | None
) -> ModelT:
    return kind.make(seed, default_place()).fit(train, progress=progress)


def _stars(model: StarModel, train: Interactions, test: Interactions) -> Metrics:
    """RMSE in stars, beside that of the mean of the training ratings."""
    if train.ratings is None or test.ratings is None:
        raise ValueError("interactions must have ratings, got none")
    constant = float(np.sqrt(((test.ratings - train.ratings.mean()) ** 2).mean()))
    return {
        "rmse": rmse_score(model, test),
        "rmse_of_the_mean": constant,
        "questions": len(test),
    }


def _ranking(scores: RankingScores) -> Metrics:
    interval = bootstrap_interval(scores.ndcg)
    return {
        f"ndcg@{TOP}": interval.mean,
        f"ndcg@{TOP}_low": interval.low,
        f"ndcg@{TOP}_high": interval.high,
        f"hit_rate@{TOP}": float(scores.hit_rate.mean()),
        "mrr": float(scores.mean_reciprocal_rank.mean()),
        "questions": len(scores.questions),
    }


def _rolling(model: NextItemModel, train: Interactions, test: Interactions) -> RankingScores:
    """Predict each test item from all of its user's items before it, which are ranked last."""
    questions = list(_questions(train, test))
    found = np.empty(len(questions))
    at_once = max(1, _CELLS_AT_ONCE // train.num_items)
    for start in range(0, len(questions), at_once):
        batch = questions[start : start + at_once]
        scores = np.array(model.predict(_padded([before for before, _ in batch])), np.float32)
        for row, (before, _) in enumerate(batch):
            scores[row, before] = -np.inf
        targets = np.array([target for _, target in batch])
        found[start : start + len(batch)] = ranks(scores, np.arange(len(batch)), targets)
    return score_rankings(np.arange(len(questions)), found, TOP)


def _questions(train: Interactions, test: Interactions) -> Iterator[Question]:
    """Each test interaction with its user's items before it; none without any before it."""
    users = np.concatenate([train.user_ids, test.user_ids])
    items = np.concatenate([train.item_ids, test.item_ids])
    asked = np.repeat([False, True], [len(train), len(test)])
    if train.timestamps is None or test.timestamps is None:
        raise ValueError("interactions must have timestamps, got none")
    times = np.concatenate([train.timestamps, test.timestamps])
    order = np.lexsort((times, users))
    users, items, asked = users[order], items[order], asked[order]
    starts = np.searchsorted(users, users)
    for row in np.flatnonzero(asked & (starts < np.arange(len(users)))):
        yield items[starts[row] : row], int(items[row])


def _padded(sequences: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The sequences as rows, newest last, with zeros on the left."""
    width = max(len(sequence) for sequence in sequences)
    table = np.zeros((len(sequences), width), np.int64)
    for row, sequence in enumerate(sequences):
        table[row, width - len(sequence) :] = sequence
    return table
