"""Each model and preset, fitted on a device and on the CPU: as good there as here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from recommender.learning.datasets.synthetic import generate_ratings, generate_sequential
from recommender.learning.evaluation import rmse_score, sequence_mrr_score
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.stars.model import BayesianFactorizationModel
from recommender.learning.sequence.implicit import ImplicitSequenceModel

TOLERANCE = 0.1  # of a score: the order of sums and half the digits differ on a GPU

Fit = Callable[[str], float]


def compare(device: str) -> Iterator[dict[str, Any]]:
    """For each model its score on ``device`` and on the CPU, and whether they agree."""
    for name, fit in fits().items():
        there, here = fit(device), fit("cpu")
        agrees = bool(abs(there - here) <= TOLERANCE * max(abs(here), 0.1))
        yield {"model": name, "there": there, "cpu": here, "ok": agrees}


def fits() -> dict[str, Fit]:
    ratings = generate_ratings(num_interactions=6000, random_state=0)
    walks = generate_sequential(num_users=150, num_items=80, num_interactions=6000, random_state=0)
    sequences = walks.to_sequence(10)

    def stars(**settings: Any) -> Fit:
        def fit(device: str) -> float:
            made = ExplicitFactorizationModel(
                n_iter=10, embedding_dim=16, random_state=0, device=device, **settings
            )
            return rmse_score(made.fit(ratings), ratings)

        return fit

    def choices(loss: str, **settings: Any) -> Fit:
        def fit(device: str) -> float:
            made = ImplicitFactorizationModel(
                loss=loss, n_iter=5, embedding_dim=16, random_state=0, device=device, **settings
            ).fit(ratings)
            return float(np.mean([_rise(made.predict(user), ratings, user) for user in range(50)]))

        return fit

    def next_items(loss: str, representation: str, **settings: Any) -> Fit:
        def fit(device: str) -> float:
            made = ImplicitSequenceModel(
                loss=loss,
                representation=representation,
                n_iter=8,
                embedding_dim=16,
                random_state=0,
                device=device,
                **settings,
            ).fit(sequences)
            return float(sequence_mrr_score(made, sequences).mean())

        return fit

    return {
        "explicit": stars(),
        "explicit, bfloat16": stars(amp=True),
        "explicit, sparse": stars(sparse=True),
        "explicit, data on the host": stars(device_memory=0),
        "implicit, bpr": choices("bpr"),
        "implicit, softmax, data on the host": choices("softmax", device_memory=0),
        "sequence, bpr, pooling": next_items("bpr", "pooling"),
        "sequence, sampled softmax, transformer": next_items("sampled_softmax", "transformer"),
        "sequence, softmax, lstm, data on the host": next_items("softmax", "lstm", device_memory=0),
        "preset of stars": lambda device: rmse_score(
            BayesianFactorizationModel(random_state=0, device=device).fit(ratings), ratings
        ),
        "preset of next items, with its transformer": _next_film(walks),
    }


def _next_film(walks: Interactions) -> Fit:
    recipe = Recipe(dim=32, most_epochs=8, batch=512, window=50, learning_rate=3e-3)

    def fit(device: str) -> float:
        model = SequenceBlendModel(
            random_state=0,
            questions=300,
            shortlists=300,
            transformer_from=0,
            recipe=recipe,
            device=device,
        ).fit(walks)
        asked = walks.to_sequence(10).sequences
        scores = model.predict(asked[:, :-1])
        own = np.take_along_axis(scores, asked[:, -1:], 1)
        return float((1 / (1 + (scores > own).sum(axis=1))).mean())

    return fit


def _rise(scores: Any, data: Interactions, user: int) -> float:
    """How much higher a user's own items score than all do, in standard deviations."""
    own = data.item_ids[data.user_ids == user]
    return float((scores[own].mean() - scores.mean()) / scores.std())
