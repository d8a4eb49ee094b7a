"""Learns a :class:`recommender.learning.sequence.reranker.Reranker` from short lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recommender.learning.devices import seeded
from recommender.learning.sequence.combiner import BlendWeights
from recommender.learning.sequence.reranker import OWN, READ, own_features
from recommender.learning.sequence.scorer import DECAYS
from recommender.learning.sequence.shortlists import Shortlists
from recommender.learning.sequence.traits import TERMS

Array = NDArray[Any]

_WIDTH, _HIDDEN = 32, 64
_EPOCHS = 6
_BATCH = 64
_LEARNING_RATE = 3e-3
_WEIGHT_DECAY = 1e-3
_DROPOUT = 0.1
_GAIN = 1000.0
_FEWEST = 200
_KEPT_BACK = 0.1


def train_reranker(
    lists: Shortlists, weights: BlendWeights, random_state: np.random.RandomState
) -> dict[str, Array]:
    """The arrays of a reranker, for evidence and a logarithm of it as ``weights`` give them.

    Cross-entropy of the right item within its list. A tenth of the questions is kept back: no
    arrays are given when the reranker does not make those answers likelier, or when there are too
    few questions to tell.
    """
    if len(lists) < _FEWEST:
        return {}
    inputs = _Inputs.of(lists, weights)
    with seeded(random_state, torch.device("cpu")):
        order = torch.randperm(len(lists))
        kept_back, rest = order.tensor_split([int(_KEPT_BACK * len(lists))])
        net = _Net(inputs)
        _fit(net, inputs, rest)
        with torch.no_grad():
            gain = inputs.loss(inputs.first[kept_back], kept_back) - inputs.loss(
                net(inputs, kept_back), kept_back
            )
    return net.arrays() if gain > 0 else {}


class _Inputs:
    """Tensors of all questions, the scale of each column, and what the first score was."""

    def __init__(self, own: Tensor, pulls: Tensor, first: Tensor, right: Tensor, gain: float):
        self.own, self.pulls, self.first, self.right, self.gain = own, pulls, first, right, gain
        self.own_mean = own.flatten(0, 1).mean(0)
        self.own_spread = own.flatten(0, 1).std(0, correction=0).clamp_min(1e-6)
        self.pull_spread = pulls.flatten(0, 2).float().std(0, correction=0).clamp_min(1e-6)

    @classmethod
    def of(cls, lists: Shortlists, weights: BlendWeights) -> _Inputs:
        parts = weights.parts(lists.features)
        first = np.where(lists.listed, sum(parts), -np.inf)
        terms = lists.features[..., -TERMS - 1 : -1]
        own = own_features(parts, terms, lists.when)
        pulls, gain = _pulls(lists, weights)
        return cls(
            torch.from_numpy(own),
            torch.from_numpy(pulls),
            torch.from_numpy(first.astype(np.float32)),
            torch.from_numpy(lists.right),
            gain,
        )

    def loss(self, scores: Tensor, rows: Tensor) -> Tensor:
        return nn.functional.cross_entropy(scores, self.right[rows])


def _pulls(lists: Shortlists, weights: BlendWeights) -> tuple[NDArray[np.float16], float]:
    """What the newest items say of those listed, as a reranker takes it in (n, SHORTLIST, READ,
    2 DECAYS), and its gain. Some questions at a time, since they are many."""
    of_evidence = weights.evidence.T.astype(np.float32)
    of_affinity = weights.affinity.T.astype(np.float32)
    pulls = np.zeros((*lists.evidence.shape[:-1], 2 * len(DECAYS)), np.float16)
    chunks = [slice(start, start + 256) for start in range(0, len(lists), 256)]
    largest = max(
        float((lists.evidence[chunk].astype(np.float32) @ of_evidence).max()) for chunk in chunks
    )
    gain = _GAIN / max(largest, 1e-9)
    for chunk in chunks:
        evidence = lists.evidence[chunk].astype(np.float32) @ of_evidence
        pulls[chunk, ..., : len(DECAYS)] = np.log1p(evidence * gain)
        pulls[chunk, ..., len(DECAYS) :] = lists.affinity[chunk].astype(np.float32) @ of_affinity
    return pulls, gain


class _Net(nn.Module):
    """See :class:`recommender.learning.sequence.reranker.Reranker`; starts at no adjustment."""

    def __init__(self, inputs: _Inputs) -> None:
        super().__init__()
        self._gain = inputs.gain
        self._scales = inputs.own_mean, inputs.own_spread, inputs.pull_spread
        self.pulls = nn.Linear(2 * len(DECAYS), _WIDTH)
        self.places = nn.Parameter(torch.randn(READ, _WIDTH) * 0.1)
        back = torch.arange(READ, dtype=torch.float32).unsqueeze(1)
        self.log_recency = nn.Parameter((back * np.log(0.75)).repeat(1, _WIDTH))
        self.hidden = nn.Linear(OWN + _WIDTH, _HIDDEN)
        self.dropout = nn.Dropout(_DROPOUT)
        self.output = nn.Linear(_HIDDEN, 1, bias=False)
        nn.init.zeros_(self.output.weight)

    def forward(self, inputs: _Inputs, rows: Tensor) -> Tensor:
        """Scores (len(rows), SHORTLIST) after the adjustment."""
        mean, spread, pull_spread = self._scales
        pulls = inputs.pulls[rows].float()
        seen = pulls.any(dim=-1, keepdim=True)
        read = torch.relu(self.pulls(pulls / pull_spread) + self.places)
        read = (read * (self.log_recency.exp() * seen)).sum(dim=2)
        own = (inputs.own[rows] - mean) / spread
        hidden = torch.relu(self.hidden(torch.cat([own, read], dim=-1)))
        return inputs.first[rows] + self.output(self.dropout(hidden)).squeeze(-1)

    @torch.no_grad()
    def arrays(self) -> dict[str, Array]:
        """The weights, with the scaling of the inputs worked into them."""
        mean, spread, pull_spread = self._scales
        hidden = self.hidden.weight.T.clone()
        hidden[:OWN] /= spread.unsqueeze(1)
        made = {
            "reranker_gain": torch.tensor([self._gain], dtype=torch.float64),
            "reranker_pulls": self.pulls.weight.T / pull_spread.unsqueeze(1),
            "reranker_places": self.pulls.bias + self.places,
            "reranker_recency": self.log_recency.exp(),
            "reranker_hidden": hidden,
            "reranker_hidden_bias": self.hidden.bias - mean @ hidden[:OWN],
            "reranker_output": self.output.weight[0],
        }
        return {name: one.contiguous().numpy() for name, one in made.items()}


def _fit(net: _Net, inputs: _Inputs, rows: Tensor) -> None:
    optimizer = torch.optim.AdamW(net.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    steps = _EPOCHS * -(-len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _LEARNING_RATE, total_steps=steps, pct_start=0.1
    )
    for _ in range(_EPOCHS):
        for batch in rows[torch.randperm(len(rows))].split(_BATCH):
            loss = inputs.loss(net(inputs, batch), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    net.eval()
