"""Sequence models as Spotlight's tests train them on dense walks, for bench_library."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from recommender.learning.evaluation import sequence_mrr_score
from recommender.learning.layers import BloomEmbedding
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from recommender.learning.sequence.representations import (
    CNNNet,
    LSTMNet,
    MixtureLSTMNet,
    PoolNet,
    SequenceNet,
)
from tests.recommender.learning.toys import dense_walks

STEPS = 10_000


@dataclass(frozen=True)
class Walker:
    """How a model is made from a seed, and how many steps the walk has."""

    make: Callable[[int], ImplicitSequenceModel]
    steps: int


def walker(
    net: type[SequenceNet],
    loss: str = "bpr",
    *,
    n_iter: int = 25,
    learning_rate: float = 1e-2,
    l2: float = 0.0,
    steps: int = STEPS,
    bloom: tuple[float, int] | None = None,
    **parts: Any,
) -> Walker:
    """The settings of Spotlight's tests; ``bloom`` is a compression ratio and how many hashes."""

    def make(seed: int) -> ImplicitSequenceModel:
        torch.manual_seed(seed)
        items = None if bloom is None else BloomEmbedding(100, 32, *bloom)
        return ImplicitSequenceModel(
            loss,
            net(100, item_embedding_layer=items, **parts),
            n_iter=n_iter,
            batch_size=128,
            l2=l2,
            learning_rate=learning_rate,
            random_state=seed,
        )

    return Walker(make, steps)


WALKERS = {
    **{
        f"pooling, {loss}": walker(PoolNet, loss, n_iter=5, learning_rate=0.1, l2=1e-9)
        for loss in ("pointwise", "bpr", "hinge", "adaptive_hinge", "warp")
    },
    **{
        f"lstm, {loss}": walker(LSTMNet, loss, l2=1e-7)
        for loss in ("pointwise", "bpr", "hinge", "adaptive_hinge", "warp")
    },
    **{
        f"cnn, {loss}": walker(CNNNet, loss, kernel_width=5)
        for loss in ("pointwise", "bpr", "hinge", "adaptive_hinge", "warp")
    },
    "cnn, one layer, 20,000 steps": walker(CNNNet, steps=20_000),
    "cnn, dilated, 20,000 steps": walker(
        CNNNet, n_iter=50, steps=20_000, num_layers=2, dilation=(1, 2)
    ),
    "mixture, bpr": walker(MixtureLSTMNet, n_iter=50, l2=1e-7),
    **{
        f"Bloom {name} {ratio}, 20,000 steps": walker(
            net, n_iter=n_iter, l2=l2, steps=20_000, bloom=(ratio, hashes)
        )
        for name, net, n_iter, l2, hashes in (
            ("cnn", CNNNet, 5, 0.0, 2),
            ("lstm", LSTMNet, 25, 1e-7, 4),
            ("pooling", PoolNet, 25, 1e-7, 2),
        )
        for ratio in (0.2, 0.5, 1.0)
    },
}


def next_on_a_walk(walker: Walker, seed: int) -> dict[str, float]:
    train, test = dense_walks(seed, walker.steps)
    started = time.process_time()
    model = walker.make(seed).fit(train)
    seconds = time.process_time() - started
    return {"MRR": float(sequence_mrr_score(model, test).mean()), "CPU s": seconds}
