"""The loss of a batch of sequences: each item is the target of what came before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from recommender.learning.engine.placement import place, rows_on
from recommender.learning.engine.training import BatchLoss
from recommender.learning.interactions import PADDING_ITEM, SequenceInteractions
from recommender.learning.losses import (
    adaptive_hinge_loss,
    bpr_loss,
    hinge_loss,
    pointwise_loss,
    sampled_softmax_loss,
    softmax_loss,
    warp_loss,
)
from recommender.learning.sampling import (
    NegativeSampler,
    PopularitySampler,
    hardest,
    other_items,
    users_return,
)
from recommender.learning.sequence.representations import SequenceNet

_PAIRWISE = {"pointwise": pointwise_loss, "bpr": bpr_loss, "hinge": hinge_loss}
_NEARLY_EVERYTHING = 0.7
LOSSES = (*_PAIRWISE, "adaptive_hinge", "warp", "softmax", "sampled_softmax")


def sequence_loss(
    loss: str,
    net: nn.Module,
    interactions: SequenceInteractions,
    num_negatives: int,
    device: torch.device,
    device_memory: float | None = None,
) -> BatchLoss:
    """The function from positions of sequences to their mean loss, one of :data:`LOSSES`.

    ``device_memory`` is the limit of :func:`recommender.learning.engine.placement.place`.

    Raises ``ValueError`` when ``net`` cannot score all items at once and the loss needs it.
    """
    examples = _Examples.of(interactions, device, device_memory)
    if loss in ("softmax", "sampled_softmax"):
        if not isinstance(net, SequenceNet):
            raise ValueError(f"representation must be a SequenceNet for loss {loss!r}, got {net!r}")
        if loss == "softmax":
            return _all_items(net, examples)
        return _shared_negatives(net, examples, num_negatives, interactions.num_items)
    return _own_negatives(loss, net, examples, num_negatives, interactions)


@torch.no_grad()
def start_at_popularity(net: nn.Module, interactions: SequenceInteractions) -> None:
    """Give biases that are all zero still what cross-entropy would first spend epochs on.

    Each item gets the log of how often it was chosen, plus one, less the mean of that.
    """
    if not isinstance(net, SequenceNet) or net.item_biases.weight.any():
        return
    items = torch.from_numpy(interactions.sequences.ravel())
    weights = interactions.weights
    weight = None if weights is None else torch.from_numpy(weights.ravel())
    counts = torch.bincount(items, weight, minlength=net.num_items).float()
    popularity = counts.log1p()
    popularity -= popularity[PADDING_ITEM + 1 :].mean()
    popularity[PADDING_ITEM] = 0.0
    net.item_biases.weight.copy_(popularity.unsqueeze(1))


@dataclass(frozen=True)
class _Examples:
    """Sequences (n, length), their weights, and where batches of them go."""

    sequences: Tensor
    weights: Tensor | None
    device: torch.device

    @classmethod
    def of(
        cls, interactions: SequenceInteractions, device: torch.device, limit: float | None
    ) -> _Examples:
        # Half the memory, and half of what is copied; ids are long again in a batch.
        items = interactions.sequences.astype(np.int32)
        sequences, weights = place((items, interactions.weights), device, limit)
        if sequences is None:
            raise ValueError(f"interactions must have sequences, got {interactions!r}")
        return cls(sequences, weights, device)

    def at(self, batch: Tensor) -> tuple[Tensor, Tensor | None]:
        weights = None if self.weights is None else rows_on(self.device, self.weights, batch)
        return rows_on(self.device, self.sequences, batch).long(), weights


def _all_items(net: SequenceNet, examples: _Examples) -> BatchLoss:
    def batch_loss(batch: Tensor) -> Tensor:
        states, targets, weight = _targets(net, *examples.at(batch))
        logits = net.score_all(states)
        logits[:, PADDING_ITEM] = -torch.inf
        return softmax_loss(logits, targets, weights=weight)

    return batch_loss


def _shared_negatives(
    net: SequenceNet, examples: _Examples, num_negatives: int, num_items: int
) -> BatchLoss:
    counts = torch.bincount(examples.sequences.flatten(), minlength=num_items)
    counts[PADDING_ITEM] = -1
    sampler = PopularitySampler(counts.to(examples.device))

    def batch_loss(batch: Tensor) -> Tensor:
        states, targets, weight = _targets(net, *examples.at(batch))
        drawn = sampler.sample(num_negatives)
        positives = net(states.unsqueeze(-1), targets.unsqueeze(-1)).squeeze(-1)
        negatives = net.score_all(states, drawn)
        negatives = negatives.masked_fill(drawn == targets.unsqueeze(-1), -torch.inf)
        return sampled_softmax_loss(positives, negatives, sampler.log_q[drawn], weights=weight)

    return batch_loss


def _own_negatives(
    loss: str,
    net: nn.Module,
    examples: _Examples,
    num_negatives: int,
    interactions: SequenceInteractions,
) -> BatchLoss:
    owners = _owners(interactions, examples)
    draw = _draw(owners, examples, interactions.num_items)
    draws = 1 if loss in _PAIRWISE else num_negatives

    def batch_loss(batch: Tensor) -> Tensor:
        rows, weight = examples.at(batch)
        owner = rows_on(examples.device, owners, batch).unsqueeze(1).expand(rows.shape)
        if isinstance(net, SequenceNet):
            states, targets, weight = _targets(net, rows, weight)
            positives = net.score_each(states, targets.unsqueeze(1)).squeeze(1)
            drawn = draw(owner[rows != PADDING_ITEM], targets, draws)
            if loss == "adaptive_hinge":
                drawn = hardest(drawn, lambda items: net.score_each(states, items))
            negatives = net.score_each(states, drawn).T
            return _compare(loss, positives, negatives, interactions.num_items, None, weight)
        representation, _ = net.user_representation(rows)  # type: ignore[operator]
        drawn = draw(owner.flatten(), rows.flatten(), draws)
        drawn = drawn.view(*rows.shape, draws).transpose(1, 2).flatten(1)
        repeats = [1] * (representation.dim() - 1) + [draws]
        negatives = net(representation.repeat(repeats), drawn).view(len(rows), draws, -1)
        positives, mask = net(representation, rows), rows != PADDING_ITEM
        negatives = negatives.transpose(0, 1)
        return _compare(loss, positives, negatives, interactions.num_items, mask, weight)

    return batch_loss


def _owners(interactions: SequenceInteractions, examples: _Examples) -> Tensor:
    """Whose each sequence is, numbered from 0: its user's, or nobody else's."""
    device = examples.sequences.device
    if interactions.user_ids is None:
        return torch.arange(len(interactions), device=device)
    users = torch.as_tensor(interactions.user_ids, device=device)
    return torch.unique(users, return_inverse=True)[1]


def _draw(
    owners: Tensor, examples: _Examples, num_items: int
) -> Callable[[Tensor, Tensor, int], Tensor]:
    """Draws negatives (m, count) for places (m,), given their owners, their items and the count.

    What its owner chose at another time is a fair negative of a place only where users return to
    items. Elsewhere it cannot come again, or is still to come, and teaches the wrong thing; but
    without it an owner who chose nearly everything would have hardly an item to learn from.
    """
    sequences = examples.sequences
    if users_return(sequences):
        return lambda owner, items, count: other_items(items, num_items, count)
    sampler = NegativeSampler(
        owners.repeat_interleave(sequences.shape[1]),
        sequences.flatten(),
        int(owners.max()) + 1,
        num_items,
        never=torch.tensor([PADDING_ITEM], device=sequences.device),
    )
    sated = (sampler.chosen_share() > _NEARLY_EVERYTHING).to(examples.device)
    if not sated.any():
        return lambda owner, items, count: sampler.sample(owner, (count,))

    def draw(owner: Tensor, items: Tensor, count: int) -> Tensor:
        unchosen, others = sampler.sample(owner, (count,)), other_items(items, num_items, count)
        return torch.where(sated[owner].unsqueeze(1), others, unchosen)

    return draw


def _compare(
    loss: str,
    positives: Tensor,
    negatives: Tensor,
    num_items: int,
    mask: Tensor | None,
    weights: Tensor | None,
) -> Tensor:
    """One of the losses that know only drawn negatives (draws, \\*positives.shape)."""
    if loss == "warp":
        return warp_loss(positives, negatives, num_items, mask, weights)
    if loss == "adaptive_hinge":
        return adaptive_hinge_loss(positives, negatives, mask, weights)
    return _PAIRWISE[loss](positives, negatives[0], mask, weights)


def _targets(
    net: SequenceNet, rows: Tensor, weights: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The states before each item of ``rows``, those items, and their weights."""
    real = rows != PADDING_ITEM
    states = net.states(rows)[:, :-1][real]
    return states, rows[real], None if weights is None else weights[real]
