"""The next item from a blend of counted members whose weights are fitted on held-out questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from recommender.learning.interactions import PADDING_ITEM, Interactions
from recommender.learning.presets.next_item.ease import autoencoder_weights
from recommender.learning.presets.next_item.held_out import FOLDS, HeldOut, held_out
from recommender.learning.presets.next_item.neighbours import neighbour_table, popularity
from recommender.learning.presets.next_item.reranker_fit import train_reranker
from recommender.learning.presets.next_item.scorer import NEVER_MET, SequenceScorer
from recommender.learning.presets.next_item.shortlists import Shortlists, draw_up
from recommender.learning.presets.next_item.traits import item_traits
from recommender.learning.presets.next_item.weights import (
    TINY,
    BlendWeights,
    Members,
    Questions,
    ask,
    fit_weights,
)
from recommender.learning.progress import Progress, ProgressCallback
from recommender.learning.validation import (
    SeedLike,
    as_ids,
    as_random_state,
    check_ids,
    check_positive,
)

Array = NDArray[Any]

_WEIGHED_FOLDS = 2  # forty weights do not need all of them
_LEARNING_STEPS = (_WEIGHED_FOLDS + 1) + 1 + (FOLDS + 1) + 1  # ask, weigh, list, rerank
_MAX_ROW = 1000
_LARGEST_EVIDENCE = 10_000.0
_OUTGROWN = 2.0


class SequenceBlendModel:
    """Neighbours in histories, a linear autoencoder, and what items have in common, as one score.

    The score of an item as the next one is ``sharpness x log(evidence + floor) + affinity +
    traits``: *evidence* and *affinity* are sums over the newest items of the history, each with
    its own recency decay, of the values described in
    :mod:`~recommender.learning.presets.next_item.neighbours`; *traits* are those of
    :mod:`~recommender.learning.presets.next_item.traits`. All weights are fitted as one
    conditional logit: folds of users, and the newest interactions, are held out in turn, the
    members are counted from the others, and questions are asked of the part held out. In the
    same way a :mod:`~recommender.learning.presets.next_item.reranker` learns to look at the
    best a second time. Then the members are counted again from everything.

    Parameters
    ----------
    max_entries: int
        How many pairs of items are kept at most; an entry takes 16 bytes of the artifact.
    questions: int
        How many held-out questions the weights are fitted on, at most.
    shortlists: int
        How many held-out questions the reranker is learned from, at most; those whose answer the
        first score does not put among the best are passed over.
    ridge: float
        The regularisation of the linear autoencoder.
    random_state: int or RandomState, optional
        The same seed and data give the same model on a CPU.
    """

    def __init__(
        self,
        *,
        max_entries: int = 8_000_000,
        questions: int = 2000,
        shortlists: int = 36_000,
        ridge: float = 200.0,
        random_state: SeedLike = None,
    ) -> None:
        check_positive("max_entries", max_entries)
        check_positive("questions", questions)
        check_positive("shortlists", shortlists)
        check_positive("ridge", ridge)
        self._max_entries = max_entries
        self._questions = questions
        self._shortlists = shortlists
        self._ridge = ridge
        self._random_state = as_random_state(random_state)
        self._exported: tuple[dict[str, Array], dict[str, Any]] | None = None
        self._scorer: SequenceScorer | None = None

    def fit(
        self,
        interactions: Interactions,
        *,
        progress: ProgressCallback | None = None,
        warm_start: Mapping[str, Array] | None = None,
    ) -> SequenceBlendModel:
        """Learn from interactions with timestamps; ``ratings`` and ``weights`` are not looked at.

        ``warm_start``, the arrays of an earlier export, saves most of the time: its weights and
        its reranker are kept, and only the members are counted anew; unless there are more than
        twice as many interactions as those were learned from. Raises ``ValueError`` when there
        are no interactions, no timestamps, or item 0 is an item.
        """
        if not len(interactions):
            raise ValueError("interactions must not be empty, got 0")
        interactions.check()
        if (interactions.item_ids == PADDING_ITEM).any():
            raise ValueError(f"item_ids must not contain {PADDING_ITEM}, the padding item")
        data = interactions.take(interactions.time_order())
        learned = _kept(warm_start, data) if warm_start else None
        steps = 1 if learned else _LEARNING_STEPS + 1
        learned = learned or self._learned(data, progress, steps)
        _report(progress, "counting", steps - 1, steps, loss=learned.weights.loss)
        self._exported = _export(self._count(data), learned, _has_repeats(data))
        self._scorer = SequenceScorer(*self._exported)
        _report(progress, "counting", steps, steps, loss=learned.weights.loss)
        return self

    def predict(
        self, sequences: ArrayLike, item_ids: int | ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Scores of all items, or of ``item_ids`` (m,), as the next one.

        ``sequences``: integers (L,) or (n, L), left-padded with 0, newest last, any L. Returns
        (num_items,) or (n, num_items), or as many as there are ``item_ids``. Raises
        ``ValueError`` for unknown ids.
        """
        scorer = self._fitted()
        array = np.asarray(sequences)
        if array.ndim not in (1, 2):
            raise ValueError(f"sequences must have one or two dimensions, got shape {array.shape}")
        rows = check_ids("sequences", np.atleast_2d(array), scorer.num_items)
        scores = np.empty((len(rows), scorer.num_items), np.float32)
        for row, history in enumerate(rows):
            scores[row] = scorer.scores(history)
        if item_ids is not None:
            items = np.atleast_1d(np.asarray(item_ids))
            scores = scores[:, as_ids("item_ids", items, scorer.num_items)]
        return scores[0] if array.ndim == 1 else scores

    def export(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays and JSON-able settings that :class:`SequenceScorer` takes."""
        if self._exported is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted first")
        return self._exported

    def _fitted(self) -> SequenceScorer:
        if self._scorer is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted first")
        return self._scorer

    def _count(self, data: Interactions) -> Members:
        """All members, counted from interactions in the order of users and times."""
        users, items, size = data.user_ids, data.item_ids, data.num_items
        table = neighbour_table(users, items, size, max_entries=self._max_entries, max_row=_MAX_ROW)
        owners = np.unique(users, return_inverse=True)[1]
        met = sp.coo_array(
            (np.ones(len(items), np.float32), (owners, items)), shape=(owners.max() + 1, size)
        ).tocsr()
        met.data[:] = 1.0
        table.affinity[:, -1] = autoencoder_weights(met, table.offsets, table.ids, self._ridge)
        share = popularity(items, size)
        return Members(table, item_traits(items, _times(data), size), share / share.sum())

    def _learned(
        self, data: Interactions, progress: ProgressCallback | None, steps: int
    ) -> _Learned:
        weights = self._weighed(data, progress, steps)
        lists = self._listed(data, weights, progress, steps)
        _report(progress, "reranking", steps - 2, steps, loss=weights.loss)
        return _Learned(weights, train_reranker(lists, self._random_state), len(data))

    def _weighed(
        self, data: Interactions, progress: ProgressCallback | None, steps: int
    ) -> BlendWeights:
        """How much each part of the first score counts."""
        parts: list[Questions] = []
        for number, (members, part) in enumerate(
            self._held_out(data, self._questions, _WEIGHED_FOLDS)
        ):
            _report(progress, "asking", number, steps)
            parts.append(ask(members, part.histories, part.targets, self._random_state))
        _report(progress, "weighing", _WEIGHED_FOLDS + 1, steps)
        return fit_weights(parts)

    def _listed(
        self,
        data: Interactions,
        weights: BlendWeights,
        progress: ProgressCallback | None,
        steps: int,
    ) -> Shortlists:
        """What the first score puts first, for questions whose answers are among that."""
        lists = Shortlists(room=min(self._shortlists, 2 * len(data)))
        repeats = _has_repeats(data)
        for number, (members, part) in enumerate(self._held_out(data, self._shortlists, FOLDS)):
            _report(progress, "listing", _WEIGHED_FOLDS + 2 + number, steps, loss=weights.loss)
            arrays, settings = _export(members, _Learned(weights, {}, len(data)), repeats)
            arrays["neighbour_values"] = arrays["neighbour_values"].astype(np.float32)
            first_score = SequenceScorer(arrays, settings)
            draw_up(lists, first_score, part.histories, part.targets)
        return lists

    def _held_out(
        self, data: Interactions, questions: int, folds: int
    ) -> Iterator[tuple[Members, HeldOut]]:
        """Parts held out in turn, and the members counted from the others.

        While one is used the next is counted in another thread, which mostly needs no lock.
        """
        random_state = np.random.RandomState(self._random_state.randint(2**31))
        parts = held_out(data, _times(data), questions, random_state, folds)
        counted = ((self._count(part.train), part) for part in parts)
        with ThreadPoolExecutor(max_workers=1) as background:
            coming = background.submit(next, counted, None)
            while (one := coming.result()) is not None:
                coming = background.submit(next, counted, None)
                yield one


@dataclass(frozen=True)
class _Learned:
    """What a fit learns by asking, and how many interactions it learned it from."""

    weights: BlendWeights
    reranker: Mapping[str, Array]
    interactions: int


def _kept(arrays: Mapping[str, Array], data: Interactions) -> _Learned | None:
    """What an earlier fit learned, if it holds still."""
    if "learned_from" not in arrays:
        return None
    learned_from = int(arrays["learned_from"][0])
    if len(data) > _OUTGROWN * learned_from:
        return None
    reranker = {name: np.array(one) for name, one in arrays.items() if name.startswith("reranker_")}
    return _Learned(BlendWeights.of(arrays), reranker, learned_from)


def _export(
    members: Members, learned: _Learned, repeats: bool
) -> tuple[dict[str, Array], dict[str, Any]]:
    weights = learned.weights
    table, traits = members.neighbours, members.traits
    # Evidence is at most 1 in each channel: so it fits half precision, small values too, and the
    # scale is the same whatever is counted, which a reranker relies on.
    scale = max(float(weights.evidence.sum(axis=1).max()), 1e-9) / _LARGEST_EVIDENCE
    # The weights were never asked about items without interactions: those come after all others.
    never_met = members.share == 0
    floor = (weights.floor * members.share + TINY) / scale
    arrays = {
        "neighbour_offsets": table.offsets,
        "neighbour_ids": table.ids,
        "neighbour_values": np.hstack(
            [table.evidence @ (weights.evidence.T / scale), table.affinity @ weights.affinity.T]
        ).astype(np.float16),
        "item_floor": np.where(never_met, NEVER_MET, floor).astype(np.float32),
        "item_traits": traits.items,
        "item_eras": traits.eras,
        "era_edges": traits.edges,
        "learned_from": np.array([learned.interactions]),
        **weights.arrays(),
        **learned.reranker,
    }
    return arrays, {"sharpness": weights.sharpness, "repeats": repeats, "loss": weights.loss}


def _times(data: Interactions) -> Array:
    if data.timestamps is None:
        raise ValueError("timestamps must be given to learn what comes next, got None")
    return data.timestamps


def _has_repeats(data: Interactions) -> bool:
    """Whether users meet items again: in more than one of a thousand interactions."""
    pairs = np.unique(data.user_ids * np.int64(data.num_items) + data.item_ids)
    return len(data) - len(pairs) > len(data) / 1000


def _report(
    progress: ProgressCallback | None,
    phase: str,
    step: int,
    steps: int,
    loss: float | None = None,
) -> None:
    if progress is not None:
        progress(Progress(phase=phase, epoch=step, epochs=steps, loss=loss))
