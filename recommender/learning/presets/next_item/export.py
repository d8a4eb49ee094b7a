"""What a fit of the blend leaves behind: arrays to serve, and to start the next fit from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.logit import TINY
from recommender.learning.presets.next_item.scorer import NEVER_MET
from recommender.learning.presets.next_item.weights import BlendWeights, Members

Array = NDArray[Any]

_LARGEST_EVIDENCE = 10_000.0
_OUTGROWN = 2.0
_AT_ONCE = 2**18  # entries


@dataclass(frozen=True)
class Learned:
    """What a fit learns by asking, and how many interactions it learned it from."""

    weights: BlendWeights
    reranker: Mapping[str, Array]
    interactions: int


def learned_before(arrays: Mapping[str, Array], data: Interactions) -> Learned | None:
    """What an earlier fit learned, if it holds still."""
    if "learned_from" not in arrays:
        return None
    learned_from = int(arrays["learned_from"][0])
    if len(data) > _OUTGROWN * learned_from:
        return None
    reranker = {name: np.array(one) for name, one in arrays.items() if name.startswith("reranker_")}
    return Learned(BlendWeights.of(arrays), reranker, learned_from)


def checkpoint_arrays(learned: Learned) -> dict[str, Array]:
    """What :func:`learned_before` needs, without anything that is counted."""
    return {
        "learned_from": np.array([learned.interactions]),
        **learned.weights.arrays(),
        **learned.reranker,
    }


def export_arrays(
    members: Members, learned: Learned, repeats: bool
) -> tuple[dict[str, Array], dict[str, Any]]:
    weights = learned.weights
    table, traits = members.neighbours, members.traits
    # Evidence is at most 1 in each channel: so it fits half precision, small values too, and the
    # scale is the same whatever is counted, which a reranker relies on.
    scale = max(float(weights.evidence.sum(axis=1).max()), 1e-9) / _LARGEST_EVIDENCE
    # The weights were never asked about items without interactions: those come after all others.
    never_met = members.share == 0
    floor = (weights.floor * members.share + TINY) / scale
    of_evidence, of_affinity = weights.evidence.T / scale, weights.affinity.T
    values = np.empty((len(table.ids), len(weights.evidence) + len(weights.affinity)), np.float16)
    for start in range(0, len(values), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        values[some, : len(weights.evidence)] = table.evidence[some] @ of_evidence
        values[some, len(weights.evidence) :] = table.affinity[some] @ of_affinity
    arrays = {
        "neighbour_offsets": table.offsets,
        "neighbour_ids": table.ids,
        "neighbour_values": values,
        "item_floor": np.where(never_met, NEVER_MET, floor).astype(np.float32),
        "item_traits": traits.items,
        "item_eras": traits.eras,
        "era_edges": traits.edges,
        **checkpoint_arrays(learned),
    }
    return arrays, {"sharpness": weights.sharpness, "repeats": repeats, "loss": weights.loss}


def has_repeats(data: Interactions) -> bool:
    """Whether users, in order, meet items again: in more than one of a thousand interactions."""
    again, start, users = 0, 0, data.user_ids
    while start < len(data):
        last = users[min(start + _AT_ONCE, len(data)) - 1]
        stop = int(np.searchsorted(users, last, side="right"))
        some = slice(start, stop)
        pairs = users[some] * np.int64(data.num_items) + data.item_ids[some]
        pairs.sort()
        again += int(np.count_nonzero(pairs[1:] == pairs[:-1]))
        start = stop
    return again > len(data) / 1000
