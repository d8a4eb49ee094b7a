"""How good a model is, on interactions that it was not fitted on. Numpy only.

Every ranking is over the whole catalog, never over sampled items. A model is any object with
``predict``. It is asked for many users or sequences at once, and once for each where it refuses
that or gives something of another shape. All functions raise ``ValueError`` for predictions that
are NaN, and for interactions that were changed so that they no longer fit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import IntArray
from recommender.learning.interactions import Interactions, SequenceInteractions
from recommender.learning.metrics import RankingScores, check_scores, ranks, score_rankings
from recommender.learning.validation import as_ids, check_positive

_CELLS_AT_ONCE = 2**24


class Model(Protocol):
    """Anything with Spotlight's ``predict``."""

    @property
    def predict(self) -> Callable[..., Any]:
        """Gives scores, larger for better."""


def rmse_score(model: Model, test: Interactions) -> float:
    """Root mean squared error of predicted ratings. Raises ``ValueError`` without ratings."""
    if test.ratings is None:
        raise ValueError("test.ratings must be given, got None")
    _check("test", test)
    predictions = _array(model.predict(test.user_ids, test.item_ids)).ravel()
    if len(predictions) != len(test):
        raise ValueError(
            f"{_name(model)}.predict must give {len(test)} ratings, got {len(predictions)}"
        )
    wrong = np.isnan(predictions)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{_name(model)}.predict must not give NaN, got {int(wrong.sum())} of {len(test)}, "
            f"the first for user {test.user_ids[first]} and item {test.item_ids[first]}"
        )
    return float(np.sqrt(((test.ratings - predictions) ** 2).mean()))


def mrr_score(
    model: Model, test: Interactions, train: Interactions | None = None
) -> NDArray[np.float64]:
    """For each user in ``test``, in the order of ids, the mean reciprocal rank of the test items.

    Items that the user has in ``train`` are ranked last. Returns shape (num_test_users,).
    """
    return ranking_scores(model, test, train).mean_reciprocal_rank


def precision_recall_score(
    model: Model,
    test: Interactions,
    train: Interactions | None = None,
    k: int | Sequence[int] = 10,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each user in ``test`` the shares of the k best items that are right, and vice versa.

    Returns precision and recall of shape (num_test_users,), or (num_test_users, len(k)).
    """
    questions, item_ranks = _user_ranks(model, test, train)
    return _precision_recall(questions, item_ranks, k, test.num_items)


def sequence_mrr_score(
    model: Model, test: SequenceInteractions, exclude_preceding: bool = False
) -> NDArray[np.float64]:
    """For each sequence the reciprocal rank of its last item, predicted from those before it.

    ``exclude_preceding`` ranks the items of the sequence before its last one last. Returns shape
    (num_sequences,).
    """
    return sequence_ranking_scores(model, test, exclude_preceding).mean_reciprocal_rank


def sequence_precision_recall_score(
    model: Model,
    test: SequenceInteractions,
    k: int | Sequence[int] = 10,
    exclude_preceding: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision and recall of the k best items against the last k, predicted from those before.

    An item that is among the last k more than once is one hit at most. Returns two arrays of shape
    (num_sequences,). Raises ``ValueError`` when no sequence is longer than k.
    """
    held_out = max(k) if isinstance(k, Sequence) else k
    questions, item_ranks = _sequence_ranks(model, test, held_out, exclude_preceding)
    item_ranks[_repeated(test.sequences[:, -held_out:]).ravel()] = np.inf
    return _precision_recall(questions, item_ranks, k, test.num_items)


def ranking_scores(
    model: Model, test: Interactions, train: Interactions | None = None, k: int = 10
) -> RankingScores:
    """All ranking metrics for each user in ``test``, without the items that are in ``train``."""
    questions, item_ranks = _user_ranks(model, test, train)
    return score_rankings(questions, item_ranks, k)


def sequence_ranking_scores(
    model: Model, test: SequenceInteractions, exclude_preceding: bool = False, k: int = 10
) -> RankingScores:
    """All ranking metrics for the last item of each sequence, predicted from those before it."""
    questions, item_ranks = _sequence_ranks(model, test, 1, exclude_preceding)
    return score_rankings(questions, item_ranks, k)


def recommended_lists(
    model: Model, user_ids: IntArray, train: Interactions, k: int = 10
) -> NDArray[np.int64]:
    """The k best items (n, k) for each user, without the items that are in ``train``.

    For :func:`recommender.learning.catalog_metrics.score_catalog_use`. A user with fewer than k
    items left gets some of ``train`` at the end.
    """
    check_positive("k", k)
    _check("train", train)
    user_ids = as_ids("user_ids", user_ids, train.num_users)
    seen = _items_by_user(train, train.num_users)
    lists = [np.zeros((0, k), np.int64)]
    for users, scores in _scores(model, user_ids, train.num_items):
        for row, user in enumerate(users.tolist()):
            scores[row, seen[user]] = -np.inf
        lists.append(np.argsort(-scores, axis=1, kind="stable")[:, :k])
    return np.concatenate(lists)


def _user_ranks(
    model: Model, test: Interactions, train: Interactions | None
) -> tuple[IntArray, NDArray[np.float64]]:
    """The test users (m,) and the ranks (m,) of their test items, each pair once."""
    if len(test) == 0:
        raise ValueError("test must not be empty, got 0 interactions")
    _check("test", test)
    pairs = np.unique(test.user_ids * test.num_items + test.item_ids)
    owners, items = np.divmod(pairs, test.num_items)
    seen = None
    if train is not None:
        _check("train", train)
        if train.num_items > test.num_items:
            raise ValueError(
                f"train must have at most the {test.num_items} items of test, got {train.num_items}"
            )
        seen = _items_by_user(train, max(train.num_users, test.num_users))
    result = np.empty(len(pairs))
    for users, scores in _scores(model, np.unique(owners), test.num_items):
        if seen is not None:
            for row, user in enumerate(users.tolist()):
                scores[row, seen[user]] = -np.inf
        part = slice(*np.searchsorted(owners, [users[0], users[-1] + 1]))
        result[part] = ranks(scores, np.searchsorted(users, owners[part]), items[part])
    return owners, result


def _sequence_ranks(
    model: Model, test: SequenceInteractions, held_out: int, exclude_preceding: bool
) -> tuple[IntArray, NDArray[np.float64]]:
    """The sequences (m,) and the ranks (m,) of their last ``held_out`` items."""
    check_positive("k", held_out)
    if len(test) == 0:
        raise ValueError("test must not be empty, got 0 sequences")
    _check("test", test)
    if held_out >= test.max_sequence_length:
        raise ValueError(
            f"k must be below the sequences' length {test.max_sequence_length}, got {held_out}"
        )
    histories, targets = test.sequences[:, :-held_out], test.sequences[:, -held_out:]
    result = np.empty(targets.shape)
    start = 0
    for rows, scores in _scores(model, histories, test.num_items):
        if exclude_preceding:
            np.put_along_axis(scores, rows, -np.inf, axis=1)
        part = slice(start, start + len(rows))
        questions = np.repeat(np.arange(len(rows)), held_out)
        result[part] = ranks(scores, questions, targets[part].ravel()).reshape(-1, held_out)
        start = part.stop
    return np.repeat(np.arange(len(test)), held_out), result.ravel()


def _repeated(rows: IntArray) -> NDArray[np.bool_]:
    """Where an item stands again that stood earlier in its row."""
    order = np.argsort(rows, axis=1, kind="stable")
    ascending = np.take_along_axis(rows, order, axis=1)
    found = np.zeros(rows.shape, bool)
    again = np.zeros(rows.shape, bool)
    again[:, 1:] = ascending[:, 1:] == ascending[:, :-1]
    np.put_along_axis(found, order, again, axis=1)
    return found


def _scores(
    model: Model, questions: IntArray, num_items: int
) -> Iterator[tuple[IntArray, NDArray[np.float64]]]:
    """Parts of ``questions`` with their scores (n, num_items), which may be changed."""
    step = max(1, _CELLS_AT_ONCE // num_items)
    for start in range(0, len(questions), step):
        part = questions[start : start + step]
        scores = _scores_together(model, part, num_items)
        if scores is None:
            scores = np.stack([_array(model.predict(one)).ravel() for one in _plain(part)])
        if scores.shape != (len(part), num_items):
            raise ValueError(
                f"{_name(model)}.predict must score {num_items} items, got shape {scores.shape[1:]}"
            )
        check_scores(f"{_name(model)}.predict", scores, part)
        yield part, scores


def _scores_together(
    model: Model, questions: IntArray, num_items: int
) -> NDArray[np.float64] | None:
    """The scores of all ``questions`` by one call, or None where the model cannot do many."""
    try:
        scores = _array(model.predict(questions))
    except (TypeError, ValueError, LookupError, AttributeError, RuntimeError):
        return None  # Whatever is truly wrong is raised when it is asked for each.
    return scores if scores.shape == (len(questions), num_items) else None


def _array(scores: Any) -> NDArray[np.float64]:
    """A copy that may be changed, of whatever holds numbers; a tensor leaves its graph."""
    if hasattr(scores, "detach"):
        scores = scores.detach().double().cpu().numpy()
    return np.array(scores, dtype=float)


def _name(model: Model) -> str:
    return type(model).__name__


def _check(name: str, interactions: Interactions | SequenceInteractions) -> None:
    try:
        interactions.check()
    except ValueError as error:
        raise ValueError(f"{name}.{error}") from None


def _plain(questions: IntArray) -> list[Any]:
    """Users as ints, sequences as arrays."""
    return questions.tolist() if questions.ndim == 1 else list(questions)


def _items_by_user(interactions: Interactions, num_users: int) -> list[IntArray]:
    order = np.argsort(interactions.user_ids, kind="stable")
    ends = np.cumsum(np.bincount(interactions.user_ids, minlength=num_users))
    return np.split(interactions.item_ids[order], ends[:-1])


def _precision_recall(
    questions: IntArray, item_ranks: NDArray[np.float64], k: int | Sequence[int], num_items: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not isinstance(k, Sequence | np.ndarray):
        scores = score_rankings(questions, item_ranks, k)
        return scores.precision * k / min(k, num_items), scores.recall
    columns = [_precision_recall(questions, item_ranks, int(each), num_items) for each in k]
    precision, recall = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
    return precision, recall
