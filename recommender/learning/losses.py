"""Loss functions: for ratings, for pairs of a chosen and an unchosen item, and for whole rankings.

Every loss takes float tensors and returns a scalar tensor, the mean over all entries. ``mask``
(any dtype, zero leaves an entry out) takes entries out of that mean; ``weights`` multiplies each
entry and leaves the count as it is, so that a weight of 2 does what two copies would.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def pointwise_loss(
    positive_predictions: Tensor,
    negative_predictions: Tensor,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Chosen items towards 1 and unchosen towards 0, each on its own; tensors of one shape."""
    positives = 1.0 - torch.sigmoid(positive_predictions)
    negatives = torch.sigmoid(negative_predictions)
    return _mean(positives + negatives, mask, weights)


def bpr_loss(
    positive_predictions: Tensor,
    negative_predictions: Tensor,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Bayesian personalised ranking (Rendle et al., UAI 2009), in Spotlight's form without log.

    One minus the probability that the chosen item is ranked above the unchosen one. The tensors
    have one shape.
    """
    loss = 1.0 - torch.sigmoid(positive_predictions - negative_predictions)
    return _mean(loss, mask, weights)


def hinge_loss(
    positive_predictions: Tensor,
    negative_predictions: Tensor,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """How far the chosen item is from being 1 above the unchosen one; tensors of one shape."""
    loss = torch.clamp(negative_predictions - positive_predictions + 1.0, min=0.0)
    return _mean(loss, mask, weights)


def adaptive_hinge_loss(
    positive_predictions: Tensor,
    negative_predictions: Tensor,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Hinge loss against the highest of several unchosen items (an approximation of WARP).

    ``negative_predictions`` has shape (num_negatives, \\*positive_predictions.shape).
    """
    highest = negative_predictions.amax(dim=0)
    return hinge_loss(positive_predictions, highest, mask, weights)


def warp_loss(
    positive_predictions: Tensor,
    negative_predictions: Tensor,
    num_items: int,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Weighted approximate-rank pairwise loss (Weston, Bengio and Usunier, IJCAI 2011).

    The unchosen items are tried in order. The first that violates the margin on the n-th trial
    puts the chosen item near rank ``(num_items - 1) / n``, and its hinge loss counts with the
    logarithm of that rank; an item that no trial violates costs nothing.

    ``negative_predictions`` has shape (num_negatives, \\*positive_predictions.shape).
    """
    margins = negative_predictions - positive_predictions + 1.0
    violated = margins > 0
    # argmax gives the first of several equal values only for numbers, and not on every device.
    trials = torch.arange(len(margins), 0, -1, device=margins.device)
    first = (violated * trials.view(-1, *[1] * positive_predictions.dim())).argmax(dim=0)
    margin = margins.gather(0, first.unsqueeze(0)).squeeze(0).clamp(min=0.0)
    rank = torch.clamp((num_items - 1) // (first + 1), min=1)
    return _mean(margin * torch.log1p(rank.to(margin.dtype)), mask, weights)


def softmax_loss(
    logits: Tensor,
    targets: Tensor,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Cross-entropy of the chosen item against the whole catalog.

    ``logits`` has shape (n, num_items), ``targets`` holds n item ids (int64).
    """
    return _mean(F.cross_entropy(logits, targets, reduction="none"), mask, weights)


def sampled_softmax_loss(
    positive_predictions: Tensor,
    negative_predictions: Tensor,
    negative_log_q: Tensor | float,
    mask: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Cross-entropy against sampled items, corrected for how they were sampled.

    Each negative stands for ``1 / (num_negatives * q)`` items, where q is the probability of
    drawing it, so that the sum under the fraction estimates that of the full softmax (Bengio and
    Senécal, "Adaptive importance sampling", 2008). The chosen item is always there and stands for
    itself. A negative that is to be left out has a prediction of minus infinity.

    ``positive_predictions`` has shape (n,), ``negative_predictions`` (n, num_negatives), and
    ``negative_log_q``, the log of q, broadcasts to it.
    """
    draws = negative_predictions.shape[-1]
    negatives = negative_predictions - negative_log_q - math.log(draws)
    logits = torch.cat([positive_predictions.unsqueeze(-1), negatives], dim=-1)
    return _mean(torch.logsumexp(logits, dim=-1) - positive_predictions, mask, weights)


def regression_loss(
    observed_ratings: Tensor, predicted_ratings: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Mean squared error; tensors of one shape."""
    return _mean((observed_ratings - predicted_ratings) ** 2, None, weights)


def poisson_loss(
    observed_ratings: Tensor, predicted_ratings: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Negative log-likelihood of counts, up to a constant; ``predicted_ratings`` are positive."""
    tiny = torch.finfo(predicted_ratings.dtype).tiny
    loss = predicted_ratings - observed_ratings * torch.log(predicted_ratings.clamp(min=tiny))
    return _mean(loss, None, weights)


def logistic_loss(
    observed_ratings: Tensor, predicted_ratings: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Cross-entropy of likes (1) and dislikes (0 or -1); the predictions are log-odds."""
    likes = observed_ratings.clamp(0.0, 1.0)
    loss = F.binary_cross_entropy_with_logits(predicted_ratings, likes, reduction="none")
    return _mean(loss, None, weights)


def _mean(loss: Tensor, mask: Tensor | None, weights: Tensor | None) -> Tensor:
    if weights is not None:
        loss = loss * weights
    if mask is None:
        return loss.mean()
    mask = mask.to(loss.dtype)
    return (loss * mask).sum() / mask.sum().clamp(min=1.0)
