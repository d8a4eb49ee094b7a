"""Learns a :class:`recommender.learning.presets.next_item.reranker.Reranker` from short lists."""

from __future__ import annotations

from typing import Any

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
_LATER_EPOCHS = 1  # of all users, by a net that has learned from most
_BATCH = 128
_OTHERS = 25
_LEARNING_RATE = 5e-3
_LATER_RATE = 2e-3
_WEIGHT_DECAY = 1e-3
_DROPOUT = 0.1
_FEWEST = 200
_FEWEST_USERS = 20
_KEPT_BACK = 10  # one user in so many
_SURE = 1.6


def train_reranker(lists: Shortlists, random_state: np.random.RandomState) -> dict[str, Array]:
    """The arrays of a reranker.

    Cross-entropy of the right item among some of its list, others each time. All questions of a
    tenth of the users are kept back: no arrays are given when the reranker does not rank those
    answers higher, or when there are too few questions or users to tell. What is accepted then goes
    on to learn from all users.
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
        _fit(net, inputs, torch.nonzero(~kept_back).squeeze(1), _EPOCHS, _LEARNING_RATE)
        if not _helps(net, inputs, torch.nonzero(kept_back).squeeze(1), users):
            return {}
        _fit(net, inputs, torch.arange(len(users)), _LATER_EPOCHS, _LATER_RATE)
    return net.arrays()


class _Inputs:
    """Tensors of all questions, and the scale of each column.

    ``own`` float32 (n SHORTLIST, OWN) and ``pulls`` float16 (n SHORTLIST, READ (2 DECAYS + 1)): a
    row is a listed item, so that those of a step are copied whole.
    """

    def __init__(self, lists: Shortlists) -> None:
        self.scores = torch.from_numpy(lists.scores)
        self.own = torch.from_numpy(lists.own).flatten(0, 1)
        self.pulls = torch.from_numpy(lists.pulls).flatten(2).flatten(0, 1)
        self.right = torch.from_numpy(lists.right)
        listed = self.own[self.scores.flatten().isfinite()]
        self.own_mean = listed.mean(0)
        self.own_spread = _root_mean_square(listed, self.own_mean).clamp_min(1e-6)
        by_place = _root_mean_square(self.pulls).unflatten(0, (READ, -1))[:, :-1]
        self.pull_spread = by_place.square().mean(0).sqrt().clamp_min(1e-6)


def _root_mean_square(rows: Tensor, centre: Tensor | float = 0.0) -> Tensor:
    """Of each column (m,) of ``rows`` (n, m), around ``centre``; few rows at a time are copied."""
    squares = torch.zeros(rows.shape[1])
    for some in rows.split(4096):
        squares += (some.float() - centre).square_().sum(0)
    return (squares / len(rows)).sqrt()


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
        """What is added to the scores (n, k): of questions ``rows`` (n, 1), listed at ``places``
        (n, k) or (k,)."""
        mean, spread, pull_spread = self._scales
        listed = (rows * SHORTLIST + places).flatten()
        pulls = inputs.pulls.index_select(0, listed).float().unflatten(1, (READ, -1))
        read: Tensor = _ReadPulls.apply(pulls, self._at_places(pull_spread))  # type: ignore[no-untyped-call]
        own = inputs.own.index_select(0, listed).sub_(mean).div_(spread)
        of_own, of_history = self.hidden.weight.T.split([OWN, _WIDTH])
        hidden = torch.addmm(torch.addmm(self.hidden.bias, own, of_own), read, of_history).relu_()
        # The same units are dropped for all of a list: as good, and far fewer numbers to draw.
        output = nn.functional.dropout(
            self.output.weight.expand(len(rows), -1), _DROPOUT, self.training
        )
        return torch.bmm(hidden.unflatten(0, (len(rows), -1)), output.unsqueeze(2)).squeeze(2)

    def _at_places(self, pull_spread: Tensor) -> Tensor:
        """Slopes and bias (READ, 2 DECAYS + 1, width), times what a place counts: that is above 0,
        so that it may come before the rectifier."""
        slopes = (self.pulls.weight.T / pull_spread.unsqueeze(1)).expand(READ, -1, -1)
        biases = (self.pulls.bias + self.places).unsqueeze(1)
        return torch.cat([slopes, biases], dim=1) * self.log_recency.exp().unsqueeze(1)

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


class _ReadPulls(torch.autograd.Function):
    """What the newest items say of listed ones: (n, width).

    Of ``pulls`` (n, READ, 2 DECAYS + 1), all zeros for an item that is no neighbour, and so says
    nothing, and ``slopes`` (READ, 2 DECAYS + 1, width).
    """

    @staticmethod
    def forward(ctx: Any, pulls: Tensor, slopes: Tensor) -> Tensor:
        by_place = pulls.transpose(0, 1)
        said = torch.bmm(by_place, slopes).relu_()
        ctx.save_for_backward(by_place, said)
        return said.sum(dim=0)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        by_place, said = ctx.saved_tensors
        # In place of what was said: to write to fresh memory takes longer than the arithmetic.
        said.gt_(0.0).mul_(gradient)
        return None, torch.bmm(by_place.transpose(1, 2), said)


def _fit(net: _Net, inputs: _Inputs, rows: Tensor, epochs: int, rate: float) -> None:
    """Let ``net`` learn from ``rows``, going on from where it is; it is left ready to be asked."""
    net.train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=_WEIGHT_DECAY, fused=True)
    # The rate rises and falls for a step at least: the schedule divides by how long.
    steps = max(3, epochs * -(-len(rows) // _BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, pct_start=max(0.1, 2 / steps)
    )
    for _ in range(epochs):
        for batch in rows[torch.randperm(len(rows))].split(_BATCH):
            right = inputs.right[batch, None]
            others = torch.randperm(SHORTLIST)[:_OTHERS].expand(len(batch), -1)
            places = torch.cat([right, others], dim=1)
            scores = inputs.scores[batch].gather(1, places)
            scores[:, 1:].masked_fill_(others == right, -torch.inf)
            scores = scores + net(inputs, batch.unsqueeze(1), places)
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
        before, right = inputs.scores[some], inputs.right[some]
        after = before + net(inputs, some.unsqueeze(1), torch.arange(SHORTLIST))
        risen[some] = _log_ranks(before, right) - _log_ranks(after, right)
    asked = torch.unique(users[rows], return_inverse=True)[1]
    by_user = torch.bincount(asked, risen[rows]) / torch.bincount(asked)
    return bool(by_user.mean() > _SURE * by_user.std() / len(by_user) ** 0.5)


def _log_ranks(scores: Tensor, right: Tensor) -> Tensor:
    """The logarithm of the place of each right item (n,) in its list (n, k); ties count half."""
    own = scores.gather(1, right.unsqueeze(1))
    above, level = (scores > own).sum(dim=1), (scores == own).sum(dim=1)
    return (above + (level + 1) / 2).log()
