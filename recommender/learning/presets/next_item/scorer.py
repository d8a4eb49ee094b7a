"""Scores the next item from exported arrays. Numpy only, so that web processes need no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array, FloatArray, IntArray
from recommender.learning.interactions import PADDING_ITEM
from recommender.learning.presets.next_item.neighbour_rows import (
    SPAN,
    NeighbourRows,
    by_kind,
    sums_without_each,
)
from recommender.learning.presets.next_item.neural.member import NeuralMember
from recommender.learning.presets.next_item.reranker import (
    READ,
    SHORTLIST,
    Reranker,
    own_features,
    times_met,
)
from recommender.learning.presets.next_item.traits import (
    ItemTraits,
    TraitScores,
    summaries_without_each,
    summarise,
    trait_terms,
)
from recommender.learning.ranking import log_sum_exp
from recommender.learning.validation import as_ids

NEVER_MET = 1e-30
"""The floor of an item that nobody has chosen yet: it comes after all others."""


@dataclass(frozen=True)
class FirstLook:
    """A history of known items, what it gives each item (num_items,) as ``evidence``, ``affinity``
    and ``of_traits``, its ``summary`` and the ``scores`` (num_items,) that these add up to."""

    history: Array
    evidence: Array
    affinity: Array
    of_traits: Array
    summary: Array
    scores: NDArray[np.float32]


class SequenceScorer:
    """What `presets.next_item.model.SequenceBlendModel` learned, for serving.

    Parameters
    ----------
    arrays: mapping of arrays
        As ``SequenceBlendModel.export`` gives them; memory-mapped arrays do.
    settings: mapping
        As ``SequenceBlendModel.export`` gives them.
    """

    def __init__(self, arrays: Mapping[str, Array], settings: Mapping[str, Any]) -> None:
        self.rows = NeighbourRows(
            arrays["neighbour_offsets"], arrays["neighbour_ids"], arrays["neighbour_values"]
        )
        self._floor = np.asarray(arrays["item_floor"])
        is_met = self._floor > 2 * NEVER_MET
        is_item = np.arange(len(is_met)) != PADDING_ITEM
        self._met = np.flatnonzero(is_met & is_item)
        self._unmet = np.flatnonzero(~is_met & is_item)
        self._traits = ItemTraits(
            np.asarray(arrays["item_traits"]),
            np.asarray(arrays["item_eras"]),
            np.asarray(arrays["era_edges"]),
        )
        self._trait_weights = np.asarray(arrays["trait_weights"])
        self._trait_scores = TraitScores(self._traits, self._trait_weights)
        self._sharpness = float(settings["sharpness"])
        self._repeats = bool(settings["repeats"])
        self._content_popularity = arrays.get("content_popularity")
        self._reranker = Reranker(arrays) if "reranker_output" in arrays else None
        self._neural = NeuralMember(arrays) if "neural_blend" in arrays else None

    @property
    def num_items(self) -> int:
        """How many items the model knows, the padding item included."""
        return len(self._floor)

    def scores(self, history: Array) -> NDArray[np.float32]:
        """Scores (num_items,) of all items as the next one.

        ``history`` has the newest item last, any length. The padding item scores minus infinity;
        ids that the model does not know, and padding, are ignored. Where nobody in training met
        an item twice, the items of the history come after all others.
        """
        history = self._known(history)
        if self._neural is not None:
            scores = self._neural.blend(self._counted(history), history)
        else:
            look = self.first_look(history)
            scores = look.scores
            listed, adjustments = self._second_look(look)
            scores[listed] += adjustments
        if not self._repeats and len(history):
            scores[history] = scores[PADDING_ITEM + 1 :].min() - 1.0
        return scores

    def log_chances(self, history: Array) -> NDArray[np.float32]:
        """Log chances (num_items,) that each item comes next, up to one constant for all.

        They rank as :meth:`scores` do, but for the place of the short list among the others: a
        second look says how likely the listed items are against each other. How likely they are
        together, the first has said; the level of the adjustments is arbitrary. Items that nobody
        met are as unlikely as the least likely of the others.
        """
        history = self._known(history)
        chances = self._counted(history)
        return chances if self._neural is None else self._neural.blend(chances, history)

    def _counted(self, history: Array) -> NDArray[np.float32]:
        """The log chances by the counted members alone."""
        look = self.first_look(history)
        chances = look.scores
        listed, adjustments = self._second_look(look)
        before = chances[listed]
        after = before + adjustments
        chances[listed] = after + (log_sum_exp(before) - log_sum_exp(after))
        if len(self._met) and len(self._unmet):
            lowest = chances[self._met].min()
            chances[self._unmet] = np.maximum(chances[self._unmet], lowest)
        return chances

    def log_shares(self, count: int, items: IntArray, features: IntArray) -> FloatArray | None:
        """Log of the share of all interactions that items will have which nobody has met: (count,).

        ``features[i]`` (n,) is a feature of item ``items[i]`` (n,), from 1 to ``count``, as a
        column of those that the model was fitted with. None where no features were learned.
        """
        if self._content_popularity is None:
            return None
        start, slopes = self._content_popularity[0], self._content_popularity[1:]
        sums = np.bincount(items, slopes[features], minlength=1 + count)[1:]
        return (start + sums).astype(np.float32)

    def _second_look(self, look: FirstLook) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The short list and what is added to its scores; nothing without a reranker."""
        if self._reranker is None or not len(look.history):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        listed = self.shortlist(look)
        own, pulls = self.reading([look], [listed])
        pulls = pulls[:, : len(look.history)]
        return listed, self._reranker.adjustments(own, self._reranker.read(pulls))

    def first_look(self, history: Array) -> FirstLook:
        """The scores of all items before any is looked at twice; ``history`` of known items."""
        evidence, affinity = self.rows.sums(history)
        return self.first_looks([history], evidence[None], affinity[None])[0]

    def first_looks(
        self, histories: Sequence[Array], evidence: Array, affinity: Array
    ) -> list[FirstLook]:
        """A look at each of several histories, which give ``evidence`` and ``affinity`` (n,
        num_items) that are known already."""
        summaries = np.stack([summarise(self._traits, history) for history in histories])
        of_traits = self._trait_scores(summaries)
        scores = self._log_evidence(evidence, self._floor)
        scores += affinity
        scores += of_traits
        scores[:, PADDING_ITEM] = -np.inf
        columns = (histories, evidence, affinity, of_traits, summaries, scores)
        return [FirstLook(*one) for one in zip(*columns, strict=True)]

    def shortlist(self, look: FirstLook) -> NDArray[np.int64]:
        """The likeliest items, at most SHORTLIST: ones that somebody met, and in data without
        repeats not those of the history."""
        eligible = look.scores
        if not self._repeats:
            eligible = eligible.copy()
            eligible[look.history] = -np.inf
        size = min(SHORTLIST, len(eligible) - 1)
        listed = np.argpartition(eligible, -size)[-size:]
        return listed[np.isfinite(eligible[listed]) & (self._floor[listed] > 2 * NEVER_MET)]

    def reading(
        self, looks: Sequence[FirstLook], listed: Sequence[Array]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What a reranker reads of the items ``listed`` after each look, one list below the other:
        ``own`` (n, OWN), ``pulls`` (n, READ, 2 DECAYS)."""

        def at(parts: Iterable[Array]) -> Array:
            return np.concatenate([part[few] for part, few in zip(parts, listed, strict=True)])

        items = np.concatenate(listed)
        evidence = self._log_evidence(at(look.evidence for look in looks), self._floor[items])
        parts = evidence, at(look.affinity for look in looks), at(look.of_traits for look in looks)
        sizes = [len(few) for few in listed]
        summaries = np.repeat(np.stack([look.summary for look in looks]), sizes, axis=0)
        terms = trait_terms(self._traits, summaries, items)
        own = own_features(parts, terms, times_met(self._traits, items))
        newest = [look.history[::-1][:READ] for look in looks]
        return own, self.rows.pulls_of_each(newest, listed, READ)

    def explain(self, history: Array, item_id: int) -> NDArray[np.float32]:
        """How much lower the score of ``item_id`` would be without each item of ``history``.

        Shape (len(history),): each entry is the score less the score of the history that leaves
        that one item out; 0 for padding, unknown ids and items that nobody met in training. An
        item is looked at twice each time, on the short list or not. Raises ``ValueError`` for an
        unknown ``item_id``.
        """
        return self.explain_each(history, [item_id])[0]

    def explain_each(self, history: Array, item_ids: Sequence[int]) -> NDArray[np.float32]:
        """What :meth:`explain` says of several items: shape (len(item_ids), len(history)).

        The history is looked up once for all of them.
        """
        item_ids = [self._checked(item_id) for item_id in item_ids]
        history = np.asarray(history)
        known = np.flatnonzero((history > PADDING_ITEM) & (history < self.num_items))
        result = np.zeros((len(item_ids), len(history)), np.float32)
        if not len(known) or not len(item_ids):
            return result
        kept = history[known]
        wanted, asked = np.unique(item_ids, return_inverse=True)
        pulls = self.rows.pulls(kept[::-1][: SPAN + 1], wanted)
        whole, without = sums_without_each(pulls, len(kept))
        sums = np.concatenate([whole[:, None], without], axis=1)
        summaries = np.vstack(
            [summarise(self._traits, kept), summaries_without_each(self._traits, kept)]
        )
        terms = trait_terms(self._traits, summaries, wanted[:, None])
        parts = (
            self._log_evidence(sums[..., 0], self._floor[wanted][:, None]),
            sums[..., 1],
            terms @ self._trait_weights,
        )
        scores = parts[0] + parts[1] + parts[2]
        if self._reranker is not None:
            own = own_features(parts, terms, times_met(self._traits, wanted)[:, None])
            adjustments = self._reranker.adjustments(
                own, self._reranker.read_without_each(pulls, len(kept))
            )
            if len(kept) == 1:  # Nothing is listed for a history without items.
                adjustments[:, 1] = 0.0
            scores = scores + adjustments
        explained = scores[:, :1] - scores[:, 1:]
        if self._neural is not None:
            explained *= self._neural.counted_weight
            explained += self._neural.explain_each(kept, wanted)
        result[:, known] = explained[asked]
        # They only make a history look older or less popular: no reason for anybody.
        result[:, known[self._floor[kept] <= 2 * NEVER_MET]] = 0.0
        return result

    def similar(self, item_id: int, n: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ``n`` (or fewer) items whose scores rise most when a history is ``item_id`` alone.

        Returns ids and the rises, most first; what every item gains or loses by its popularity
        and age is left out. Raises ``ValueError`` for an unknown item.
        """
        item_id = self._checked(item_id)
        row = slice(*self.rows.offsets[item_id : item_id + 2].tolist())
        ids = self.rows.ids[row].astype(np.int64)
        evidence, affinity = by_kind(self.rows.values[row].astype(np.float32))
        rises = self._sharpness * np.log1p(evidence / self._floor[ids]) + affinity
        best = np.argsort(-rises, kind="stable")
        best = best[ids[best] != item_id][:n]
        return ids[best], rises[best].astype(np.float32)

    def _checked(self, item_id: int) -> int:
        if not PADDING_ITEM < item_id < self.num_items:
            raise ValueError(f"item_id must be between 1 and {self.num_items - 1}, got {item_id}")
        return int(as_ids("item_id", [item_id])[0])

    def _known(self, history: Array) -> Array:
        history = np.asarray(history)
        return history[(history > PADDING_ITEM) & (history < self.num_items)]

    def _log_evidence(self, evidence: Array, floor: Any) -> NDArray[np.float32]:
        # In single precision numpy's logarithm is many times as fast.
        logarithm = np.log((evidence + floor).astype(np.float32, copy=False))
        logarithm *= np.float32(self._sharpness)
        return logarithm
