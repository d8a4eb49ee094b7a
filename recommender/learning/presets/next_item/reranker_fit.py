"""Learns a :class:`recommender.learning.presets.next_item.reranker.Reranker` from short lists."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from recommender.learning.arrays import Array
from recommender.learning.engine.devices import seeded
from recommender.learning.presets.next_item.neighbour_rows import DECAYS
from recommender.learning.presets.next_item.reranker import OWN, READ, SHORTLIST
from recommender.learning.presets.next_item.shortlists import Shortlists

_WIDTH, _HIDDEN = 32, 64
_EPOCHS = 8
_BATCH = 128
_OTHERS = 25
_LEARNING_RATE = 5e-3
_WEIGHT_DECAY = 1e-3
_DROPOUT = 0.1
_FEWEST = 200
_FEWEST_USERS = 20
_KEPT_BACK = 10  # one user in so many
_SURE = 1.6
_SILENCE = -1e6


def train_reranker(lists: Shortlists, random_state: np.random.RandomState) -> dict[str, Array]:
    """The arrays of a reranker.

    Cross-entropy of the right item among some of its list, others each time. All questions of a
    tenth of the users are kept back: no arrays are given when the reranker does not rank those
    answers higher, or when there are too few questions or users to tell. What is accepted is
    learned again from all users.
    """
    if len(lists) < _FEWEST:
        return {}
    inputs = _Inputs(lists)
    with seeded(random_state, torch.device("cpu")):
        users = torch.from_numpy(np.unique(lists.users, return_inverse=True)[1])
        number = int(users.max()) + 1
        if number < _FEWEST_USERS:
            return {}
        is_kept_back = torch.zeros(number, dtype=torch.bool)
        is_kept_back[torch.randperm(number)[: -(-number // _KEPT_BACK)]] = True
        kept_back = is_kept_back[users]
        net = _Net(inputs)
        _fit(net, inputs, torch.nonzero(~kept_back).squeeze(1))
        if not _helps(net, inputs, torch.nonzero(kept_back).squeeze(1), users):
            return {}
        net = _Net(inputs)
        _fit(net, inputs, torch.arange(len(users)))
    return net.arrays()


class _Inputs:
    """Tensors of all questions, and the scale of each column."""

    def __init__(self, lists: Shortlists) -> None:
        self.scores = torch.from_numpy(lists.scores)
        self.own = torch.from_numpy(lists.own)
        self.pulls = torch.from_numpy(lists.pulls)
        self.right = torch.from_numpy(lists.right)
        listed = self.own[self.scores.isfinite()]
        self.own_mean = listed.mean(0)
        self.own_spread = listed.std(0, correction=0).clamp_min(1e-6)
        squares = sum(part.float().square().sum((0, 1, 2)) for part in self.pulls.split(256))
        places = self.pulls[..., 0].numel()
        self.pull_spread = (squares / places).sqrt().clamp_min(1e-6)


class _Net(nn.Module):
    """A `Reranker` while it is trained; it starts at no adjustment."""

    def __init__(self, inputs: _Inputs) -> None:
        super().__init__()
        self._scales = inputs.own_mean, inputs.own_spread, inputs.pull_spread
        self.pulls = nn.Linear(2 * len(DECAYS), _WIDTH)
        self.places = nn.Parameter(torch.randn(READ, _WIDTH) * 0.1)
        back = torch.arange(READ, dtype=torch.float32).unsqueeze(1)
        self.log_recency = nn.Parameter((back * np.log(0.75)).repeat(1, _WIDTH))
        self.hidden = nn.Linear(OWN + _WIDTH, _HIDDEN)
        self.output = nn.Linear(_HIDDEN, 1, bias=False)
        nn.init.zeros_(self.output.weight)

    def forward(self, inputs: _Inputs, rows: Tensor, places: Tensor) -> Tensor:
        """Scores (n, k) after the adjustment: of questions ``rows`` (n, 1), listed at ``places``
        (n, k) or (k,)."""
        mean, spread, pull_spread = self._scales
        read = _read(inputs.pulls[rows, places], *self._at_places(pull_spread))
        own = (inputs.own[rows, places] - mean) / spread
        hidden = torch.relu(self.hidden(torch.cat([own, read], dim=-1)))
        # The same units are dropped for all of a list: as good, and far fewer numbers to draw.
        hidden = hidden * nn.functional.dropout(
            hidden.new_ones(len(rows), 1, _HIDDEN), _DROPOUT, self.training
        )
        return inputs.scores[rows, places] + self.output(hidden).squeeze(-1)

    def _at_places(self, pull_spread: Tensor) -> tuple[Tensor, Tensor]:
        """Slopes (READ, 2 DECAYS, width) and biases (READ, 1, width), times what a place counts:
        that is above 0, so that it may come before the rectifier."""
        recency = self.log_recency.exp().unsqueeze(1)
        slopes = self.pulls.weight.T / pull_spread.unsqueeze(1)
        return slopes * recency, (self.pulls.bias + self.places).unsqueeze(1) * recency

    @torch.no_grad()
    def arrays(self) -> dict[str, Array]:
        """The weights, with the scaling of the inputs worked into them."""
        mean, spread, pull_spread = self._scales
        hidden = self.hidden.weight.T.clone()
        hidden[:OWN] /= spread.unsqueeze(1)
        made = {
            "reranker_pulls": self.pulls.weight.T / pull_spread.unsqueeze(1),
            "reranker_places": self.pulls.bias + self.places,
            "reranker_recency": self.log_recency.exp(),
            "reranker_hidden": hidden,
            "reranker_hidden_bias": self.hidden.bias - mean @ hidden[:OWN],
            "reranker_output": self.output.weight[0],
        }
        return {name: one.contiguous().numpy() for name, one in made.items()}


def _read(pulls: Tensor, slopes: Tensor, biases: Tensor) -> Tensor:
    """What the newest items say of listed ones: (n, k, width), of ``pulls`` (n, k, READ, 2 DECAYS).

    An item that is no neighbour says nothing: a column that is 1 for it outweighs all else.
    """
    by_place = pulls.movedim(2, 0).flatten(1, 2)
    silent = ~by_place.any(dim=-1, keepdim=True)
    by_place = torch.cat([by_place.float(), silent.float()], dim=-1)
    silencing = slopes.new_full((READ, 1, slopes.shape[-1]), _SILENCE)
    said = torch.baddbmm(biases, by_place, torch.cat([slopes, silencing], dim=1)).relu_()
    return said.sum(dim=0).unflatten(0, pulls.shape[:2])


def _fit(net: _Net, inputs: _Inputs, rows: Tensor) -> None:
    optimizer = torch.optim.AdamW(
        net.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY, fused=True
    )
    steps = _EPOCHS * -(-len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _LEARNING_RATE, total_steps=steps, pct_start=0.1
    )
    for _ in range(_EPOCHS):
        for batch in rows[torch.randperm(len(rows))].split(_BATCH):
            right = inputs.right[batch, None]
            others = torch.randperm(SHORTLIST)[:_OTHERS].expand(len(batch), -1)
            scores = net(inputs, batch.unsqueeze(1), torch.cat([right, others], dim=1))
            scores[:, 1:].masked_fill_(others == right, -torch.inf)
            loss = nn.functional.cross_entropy(scores, torch.zeros_like(batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    net.eval()


@torch.no_grad()
def _helps(net: _Net, inputs: _Inputs, rows: Tensor, users: Tensor) -> bool:
    """Whether answers rank higher after the adjustment than before, by more than chance.

    The mean over users has to be above ``_SURE`` of its standard errors.
    """
    risen = torch.zeros(len(users))
    for some in rows.split(_BATCH):
        after = net(inputs, some.unsqueeze(1), torch.arange(SHORTLIST))
        right = inputs.right[some]
        risen[some] = _log_ranks(inputs.scores[some], right) - _log_ranks(after, right)
    asked = torch.unique(users[rows], return_inverse=True)[1]
    by_user = torch.bincount(asked, risen[rows]) / torch.bincount(asked)
    return bool(by_user.mean() > _SURE * by_user.std() / len(by_user) ** 0.5)


def _log_ranks(scores: Tensor, right: Tensor) -> Tensor:
    """The logarithm of the place of each right item (n,) in its list (n, k); ties count half."""
    own = scores.gather(1, right.unsqueeze(1))
    above, level = (scores > own).sum(dim=1), (scores == own).sum(dim=1)
    return (above + (level + 1) / 2).log()
