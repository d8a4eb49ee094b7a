"""Reads a history with a transformer, from exported arrays. Numpy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array

EPSILON = 1e-6
_BASE = 10_000.0

Floats = NDArray[np.float32]
Known = list[tuple[Floats, Floats]]
"""The keys and values (heads, length, d) of each block, for the items read so far."""


def hidden_width(dim: int) -> int:
    """Of a SwiGLU layer: about as many weights as one without a gate has with 4 ``dim``."""
    return max(8, round(8 * dim / 3 / 8) * 8)


def angles(length: int, width: int) -> tuple[Floats, Floats]:
    """Cosines and sines (length, width / 2) by which a head of ``width`` is turned at each step."""
    speeds = _BASE ** (-np.arange(0, width, 2) / width)
    turns = np.arange(length)[:, None] * speeds
    return np.cos(turns).astype(np.float32), np.sin(turns).astype(np.float32)


class HistoryReader:
    """The network, from the arrays that training exports.

    ``item_neural`` (num_items, dim) are read and answered with, ``item_neural_bias`` (num_items,)
    is added; ``neural_...`` are weights stacked by block, and the scale of the last state.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._items = np.asarray(arrays["item_neural"])
        self._biases = np.asarray(arrays["item_neural_bias"])
        self._norm = np.asarray(arrays["neural_norm"])
        self._heads = int(arrays["neural_heads"][0])
        self.window = int(arrays["neural_window"][0])
        names = {name[7:]: one for name, one in arrays.items() if name.startswith("neural_")}
        count = len(names["qkv_weight"])
        stacked = {
            name: np.asarray(one)
            for name, one in names.items()
            if name.endswith(("_weight", "_bias"))
        }
        self._blocks = [{name: one[k] for name, one in stacked.items()} for k in range(count)]
        self._dim = self._items.shape[1]
        self._cosines, self._sines = angles(self.window, self._dim // self._heads)

    def state(self, history: Array) -> Floats:
        """The state (dim,) after the newest ``window`` items of a history that is not empty."""
        return self._read(history[-self.window :], self._nothing())[0]

    def states_without_each(self, history: Array, newest: int) -> Floats:
        """The state (dim,) after a history of two or more, and after it without each of its
        ``newest`` items, oldest of them first: (1 + newest, dim).

        What comes before an item does not change without it, and is read once.
        """
        # One more than is read: it moves into the window when another is left out.
        if len(history) > self.window:
            shifted = self._without(history[-self.window - 1 :], newest)
            return np.vstack([self.state(history)[None], shifted])
        state, known = self._read(history, self._nothing())
        return np.vstack([state[None], self._without(history, newest, known)])

    def answers(self, states: Array, item_ids: Sequence[int] | Array | None = None) -> Floats:
        """Scores (n, num_items) of all items after ``states`` (n, dim), or of some."""
        if item_ids is None:
            return states @ self._items.T + self._biases
        return states @ self._items[item_ids].T + self._biases[item_ids]

    def _without(self, history: Array, newest: int, known: Known | None = None) -> Floats:
        if known is None:
            known = self._read(history[: self.window], self._nothing())[1]
        states = np.empty((newest, self._dim), np.float32)
        for row, place in enumerate(range(len(history) - newest, len(history))):
            # The item before it is read again where nothing comes after: a state needs one.
            start = min(place, len(history) - 2)
            rest = np.delete(history[start:], place - start)
            states[row] = self._read(rest, [(k[:, :start], v[:, :start]) for k, v in known])[0]
        return states

    def _nothing(self) -> Known:
        empty = np.zeros((self._heads, 0, self._dim // self._heads), np.float32)
        return [(empty, empty)] * len(self._blocks)

    def _read(self, items: Array, known: Known) -> tuple[Floats, Known]:
        """The state after ``items`` that follow those ``known``, and what is known then."""
        x = self._items[items] * np.float32(self._dim**0.5)
        now = []
        for number, (block, past) in enumerate(zip(self._blocks, known, strict=True)):
            last = number == len(self._blocks) - 1
            normed = _normed(x, block["attention_norm_weight"])
            said, keys_values = self._attend(block, normed, past, last)
            now.append(keys_values)
            if last:
                x = x[-1:]
            gate = x @ block["attention_gate_weight"] + block["attention_gate_bias"]
            x = x + said * _sigmoid(gate)
            wide = _normed(x, block["hidden_norm_weight"]) @ block["expand_weight"]
            half = wide.shape[1] // 2
            inner = wide[:, :half] * _sigmoid(wide[:, :half]) * wide[:, half:]
            gate = x @ block["hidden_gate_weight"] + block["hidden_gate_bias"]
            x = x + (inner @ block["contract_weight"]) * _sigmoid(gate)
        return _normed(x, self._norm)[-1], now

    def _attend(
        self, block: Mapping[str, Array], x: Floats, past: tuple[Floats, Floats], last: bool
    ) -> tuple[Floats, tuple[Floats, Floats]]:
        length, before = len(x), past[0].shape[1]
        qkv = (x @ block["qkv_weight"]).reshape(length, 3, self._heads, -1).transpose(1, 2, 0, 3)
        turn = slice(before, before + length)
        q, k = (self._turned(one, turn) for one in qkv[:2])
        keys = np.concatenate([past[0], k], axis=1)
        values = np.concatenate([past[1], qkv[2]], axis=1)
        if last:
            q = q[:, -1:]
        fit = q @ keys.transpose(0, 2, 1) * np.float32(q.shape[2] ** -0.5)
        if not last:
            to_come = np.arange(before + length) > before + np.arange(length)[:, None]
            fit[:, to_come] = -np.inf
        fit -= fit.max(axis=2, keepdims=True)
        np.exp(fit, out=fit)
        fit /= fit.sum(axis=2, keepdims=True)
        said = (fit @ values).transpose(1, 0, 2).reshape(q.shape[1], self._dim)
        return said @ block["out_weight"], (keys, values)

    def _turned(self, x: Array, places: slice) -> Floats:
        cosines, sines = self._cosines[places], self._sines[places]
        first, second = np.split(x, 2, axis=-1)
        return np.concatenate(
            [first * cosines - second * sines, second * cosines + first * sines], axis=-1
        )


def _normed(x: Array, scale: Array) -> Floats:
    mean = np.square(x).mean(axis=-1, keepdims=True)
    return x / np.sqrt(mean + np.float32(EPSILON)) * scale


def _sigmoid(x: Array) -> Floats:
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))
