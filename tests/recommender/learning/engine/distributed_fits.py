"""Fits of every gradient-trained model, by one process or by those that torchrun started.

``torchrun --nproc-per-node 2 -m tests.recommender.learning.distributed_fits FOLDER``
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist

from recommender.learning.engine.distributed import StoppedElsewhereError, is_first, process_group
from recommender.learning.engine.training import EarlyStopping
from recommender.learning.evaluation import rmse_score, sequence_mrr_score
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from recommender.learning.sequence.transformer import TransformerNet
from tests.recommender.learning.toys import checkerboard, own_side, ratings, walks


def fit_all() -> dict:
    """The models by name. The last batch of ratings is a single one: a process goes without."""
    train = ratings()[0].take(np.arange(15 * 65 + 1))
    sequences, _ = walks()
    choices = checkerboard()
    settings = {"device": "cpu", "random_state": 3, "n_iter": 4, "batch_size": 65}
    # Adam would make much of the last digits of a gradient that is zero, as of a user's bias.
    plain = {**settings, "optimizer_func": lambda weights: torch.optim.SGD(weights, lr=0.5)}
    torch.manual_seed(4)
    still = TransformerNet(sequences.num_items, 16, max_sequence_length=8, dropout=0.0)
    stop = EarlyStopping(score=lambda model: -rmse_score(model, train), patience=1)
    return {
        "explicit": ExplicitFactorizationModel(**settings).fit(train, early_stopping=stop),
        "sparse": ExplicitFactorizationModel(sparse=True, l2=1e-6, **settings).fit(train),
        "softmax": ImplicitFactorizationModel(loss="softmax", **plain).fit(choices),
        "transformer": ImplicitSequenceModel(
            loss="softmax", representation=still, embedding_dim=16, **plain
        ).fit(sequences),
        "bpr": ImplicitFactorizationModel(loss="bpr", **{**settings, "n_iter": 12}).fit(choices),
        "dropout": ImplicitSequenceModel(
            loss="sampled_softmax",
            representation="transformer",
            num_negative_samples=20,
            **{**settings, "n_iter": 8},
        ).fit(sequences),
    }


def qualities(models: dict) -> dict[str, float]:
    """Of the models that draw random numbers for each batch."""
    choices, (_, test) = checkerboard(), walks()
    scores = models["bpr"].predict(range(choices.num_users))
    return {
        "bpr": own_side(choices, scores),
        "dropout": float(sequence_mrr_score(models["dropout"], test).mean()),
    }


def disagreement(models: dict) -> float:
    """The largest difference between a weight here and the same weight in the first process."""
    largest = 0.0
    for model in models.values():
        for weight in model._net.parameters():
            first = weight.detach().clone()
            dist.broadcast(first, src=0)
            largest = max(largest, (weight.detach() - first).abs().max().item())
    return largest


class CancelledError(Exception):
    """What a progress callback raises to end a fit."""


def cancelled() -> str:
    """How a fit ends here that the first process cancels after its first epoch."""

    def cancel(progress: object) -> None:
        raise CancelledError

    model = ExplicitFactorizationModel(device="cpu", random_state=3, n_iter=50, batch_size=65)
    try:
        model.fit(ratings()[0], progress=cancel)
    except (CancelledError, StoppedElsewhereError) as error:
        return type(error).__name__
    return "not at all"


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    with process_group():
        models = fit_all()
        for name, model in models.items():
            model.save(folder / name)
        said = {
            "losses": {name: [line.loss for line in fit.history] for name, fit in models.items()},
            "qualities": qualities(models),
            "disagreement": disagreement(models),
            "first": is_first(),
            "cancelled": cancelled(),
        }
        (folder / f"{dist.get_rank()}.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
