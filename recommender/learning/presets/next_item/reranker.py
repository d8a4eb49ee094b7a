"""A second look at the likeliest next items, for what a sum over neighbours cannot tell.

Numpy only. A first score ranks all items; a small network then looks at the short list of the
best, as in two-stage recommenders (Covington, Adams and Sargin, RecSys 2016). It reads what each of
the newest items of the history says of each listed item, place by place, and adds these up after a
non-linear layer (deep sets; Zaheer et al., 2017), so that an item that several of the newest items
agree on differs from one that a single item shouts for. What comes out is added to the first score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.traits import TERMS, ItemTraits

SHORTLIST = 50
READ = 10
"""How many of the newest items of a history are looked at."""

OWN = 3 + TERMS + 2
_WHEN = slice(1, 3)  # columns of ItemTraits.items


def own_features(parts: Sequence[Array], terms: Array, when: Array) -> NDArray[np.float32]:
    """What is known of listed items besides single neighbours: (\\*shape, OWN).

    ``parts`` of the first score: the logarithm of the evidence, affinity and traits (\\*shape);
    the trait ``terms`` (\\*shape, TERMS); and :func:`times_met`, which broadcasts to them.
    """
    own = np.empty((*terms.shape[:-1], OWN), np.float32)
    for column, part in enumerate(parts):
        own[..., column] = part
    own[..., len(parts) : -when.shape[-1]] = terms
    own[..., -when.shape[-1] :] = when
    return own


def times_met(traits: ItemTraits, items: Any) -> Array:
    """When items (n,) were first and usually met: (n, 2)."""
    return traits.items[items, _WHEN]


def pull_features(pulls: Array) -> Array:
    """Of values (..., 2 DECAYS) the evidence, which spans magnitudes, as a logarithm."""
    half = pulls.shape[-1] // 2
    return np.concatenate([np.log1p(pulls[..., :half]), pulls[..., half:]], axis=-1)


class Reranker:
    """The network, from the arrays that training exports.

    ``reranker_pulls`` (2 DECAYS, width), ``reranker_places`` (READ, width) and
    ``reranker_recency`` (READ, width): the layer that reads one item of the history, its bias at
    each place, and how much each place counts; ``reranker_hidden`` (OWN + width, hidden),
    ``reranker_hidden_bias`` (hidden,) and ``reranker_output`` (hidden,).
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._pulls = np.asarray(arrays["reranker_pulls"])
        self._places = np.asarray(arrays["reranker_places"])
        self._recency = np.asarray(arrays["reranker_recency"])
        hidden = np.asarray(arrays["reranker_hidden"])
        self._of_own, self._of_history = hidden[:OWN], hidden[OWN:]
        self._hidden_bias = np.asarray(arrays["reranker_hidden_bias"])
        self._output = np.asarray(arrays["reranker_output"])

    def read(self, pulls: Array) -> NDArray[np.float32]:
        """What the history says of listed items, for :meth:`adjustments`: (k, hidden).

        ``pulls`` (k, n, 2 DECAYS), n at most READ: the values of the newest items of the history,
        newest first, for the listed item; zeros where that is no neighbour.
        """
        return self._said(self._at_places(pulls).sum(axis=1))

    def read_without_each(self, pulls: Array, length: int) -> NDArray[np.float32]:
        """What a history says, and what it says without each of its items: (k, 1 + length, hidden).

        ``pulls`` (k, n, 2 DECAYS) are of the newest items, more than READ where there are more.
        """
        missing = max(0, READ + 1 - pulls.shape[1])
        newest = np.pad(pulls[:, : READ + 1], ((0, 0), (0, missing), (0, 0)))
        stay, move_up = self._at_places(newest[:, :READ]), self._at_places(newest[:, 1:])
        newer = np.cumsum(stay, axis=1) - stay
        older = np.cumsum(move_up[:, ::-1], axis=1)[:, ::-1]
        said = self._said(np.concatenate([stay.sum(axis=1, keepdims=True), newer + older], axis=1))
        back = np.arange(length)[::-1]
        return said[:, np.append(0, np.where(back < READ, 1 + back, 0))]

    def _at_places(self, pulls: Array) -> NDArray[np.float32]:
        """What each item of the history says at its place: (k, n, width)."""
        listed, read = pulls.shape[:2]
        flat = pull_features(pulls).reshape(listed * read, len(self._pulls))
        said = (flat @ self._pulls).reshape(listed, read, self._pulls.shape[1])
        said += self._places[:read]
        np.maximum(said, 0.0, out=said)
        said *= self._recency[:read]
        said *= pulls.any(axis=-1, keepdims=True)
        return said

    def _said(self, by_history: Array) -> NDArray[np.float32]:
        return by_history @ self._of_history + self._hidden_bias

    def adjustments(self, own: Array, read: Array) -> NDArray[np.float32]:
        """What is added to the scores (...,) of listed items: ``own`` (..., OWN) as
        :func:`own_features` gives it, ``read`` (..., hidden) from :meth:`read`."""
        return np.maximum(own @ self._of_own + read, 0.0) @ self._output
