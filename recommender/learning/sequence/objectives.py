"""The loss of a batch of sequences: each item is the target of what came before it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

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
from recommender.learning.sampling import NegativeSampler, PopularitySampler
from recommender.learning.sequence.representations import SequenceNet
from recommender.learning.training import BatchLoss

_PAIRWISE = {"pointwise": pointwise_loss, "bpr": bpr_loss, "hinge": hinge_loss}
LOSSES = (*_PAIRWISE, "adaptive_hinge", "warp", "softmax", "sampled_softmax")


def sequence_loss(
    loss: str,
    net: nn.Module,
    interactions: SequenceInteractions,
    num_negatives: int,
    device: torch.device,
) -> BatchLoss:
    """The function from positions of sequences to their mean loss, one of :data:`LOSSES`.

    Raises ``ValueError`` when ``net`` cannot score all items at once and the loss needs it.
    """
    sequences = torch.as_tensor(interactions.sequences, device=device)
    weights = None
    if interactions.weights is not None:
        weights = torch.as_tensor(interactions.weights, device=device)
    if loss in ("softmax", "sampled_softmax"):
        if not isinstance(net, SequenceNet):
            raise ValueError(f"representation must be a SequenceNet for loss {loss!r}, got {net!r}")
        if loss == "softmax":
            return _all_items(net, sequences, weights)
        return _shared_negatives(net, sequences, weights, num_negatives, interactions.num_items)
    return _own_negatives(loss, net, sequences, weights, num_negatives, interactions)


def _all_items(net: SequenceNet, sequences: Tensor, weights: Tensor | None) -> BatchLoss:
    def batch_loss(batch: Tensor) -> Tensor:
        states, targets, weight = _targets(net, sequences[batch], _rows(weights, batch))
        logits = net.score_all(states)
        logits[:, PADDING_ITEM] = -torch.inf
        return softmax_loss(logits, targets, weights=weight)

    return batch_loss


def _shared_negatives(
    net: SequenceNet,
    sequences: Tensor,
    weights: Tensor | None,
    num_negatives: int,
    num_items: int,
) -> BatchLoss:
    counts = torch.bincount(sequences.flatten(), minlength=num_items)
    counts[PADDING_ITEM] = -1
    sampler = PopularitySampler(counts)

    def batch_loss(batch: Tensor) -> Tensor:
        states, targets, weight = _targets(net, sequences[batch], _rows(weights, batch))
        drawn = sampler.sample(num_negatives)
        positives = net(states.unsqueeze(-1), targets.unsqueeze(-1)).squeeze(-1)
        negatives = net.score_all(states, drawn)
        negatives = negatives.masked_fill(drawn == targets.unsqueeze(-1), -torch.inf)
        return sampled_softmax_loss(positives, negatives, sampler.log_q[drawn], weights=weight)

    return batch_loss


def _own_negatives(
    loss: str,
    net: nn.Module,
    sequences: Tensor,
    weights: Tensor | None,
    num_negatives: int,
    interactions: SequenceInteractions,
) -> BatchLoss:
    owners = torch.arange(len(sequences), device=sequences.device)
    if interactions.user_ids is not None:
        owners = torch.as_tensor(interactions.user_ids, device=sequences.device)
        owners = torch.unique(owners, return_inverse=True)[1]
    sampler = NegativeSampler(
        owners.repeat_interleave(sequences.shape[1]),
        sequences.flatten(),
        int(owners.max()) + 1,
        interactions.num_items,
        never=torch.tensor([PADDING_ITEM], device=sequences.device),
    )
    length = sequences.shape[1]

    def batch_loss(batch: Tensor) -> Tensor:
        rows, weight = sequences[batch], _rows(weights, batch)
        mask = rows != PADDING_ITEM
        representation, _ = net.user_representation(rows)  # type: ignore[operator]
        positives = net(representation, rows)
        if loss in _PAIRWISE:
            negatives = net(representation, sampler.sample(owners[batch], (length,)))
            return _PAIRWISE[loss](positives, negatives, mask, weight)
        drawn = sampler.sample(owners[batch], (num_negatives * length,))
        repeats = [1] * (representation.dim() - 1) + [num_negatives]
        negatives = net(representation.repeat(repeats), drawn)
        negatives = negatives.view(len(rows), num_negatives, length).transpose(0, 1)
        if loss == "warp":
            return warp_loss(positives, negatives, interactions.num_items, mask, weight)
        return adaptive_hinge_loss(positives, negatives, mask, weight)

    return batch_loss


def _targets(
    net: SequenceNet, rows: Tensor, weights: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The states before each item of ``rows``, those items, and their weights."""
    real = rows != PADDING_ITEM
    states = net.states(rows)[:, :-1][real]
    return states, rows[real], None if weights is None else weights[real]


def _rows(weights: Tensor | None, batch: Tensor) -> Tensor | None:
    return None if weights is None else weights[batch]
