"""A fit that runs out of memory, or goes astray: what is tried next, and what the row says."""

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import pytest
import torch
from pytest_django import Settings

from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import DivergedError, Place
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.next_item.neural import join
from recommender.learning.presets.next_item.neural.fit import Problem
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.together import train_together
from recommender.models import ModelVersion, RunStatus
from recommender.training import fit
from tests.recommender.stand_in import Behaviour, StandIn, use_models
from tests.recommender.training.test_pipeline import run_here
from tests.recommender.world import World


def test_out_of_memory_falls_back_to_smaller_batches(
    preset: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "default_place", lambda: Place(device="cuda"))
    preset(fits_batch=256)
    run = run_here("factorization")
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert "Out of memory on cuda with batches of 1024: trying 512." in run.log
    assert "Out of memory on cuda with batches of 512: trying 256." in run.log
    assert "going on with the CPU" not in run.log


def test_out_of_memory_falls_back_to_the_cpu(
    preset: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "default_place", lambda: Place(device="cuda"))
    preset(fits_batch=1)
    run = run_here("factorization")
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert "Out of memory on cuda: going on with the CPU." in run.log
    assert run.device.startswith("cpu")


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (2, 2)])
def test_as_many_processes_as_are_asked_for_learn_together(
    settings: Settings, asked: int, given: int
) -> None:
    settings.MATINEE_DEVICE, settings.MATINEE_TRAINING_PROCESSES = "cpu", asked
    assert fit.default_place() == Place(device="cpu", processes=given)


def test_one_process_for_each_gpu(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MATINEE_DEVICE, settings.MATINEE_TRAINING_PROCESSES = "cuda", 0
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    assert fit.default_place() == Place(device="cuda", processes=4)


def test_a_training_of_the_site_starts_two_processes_that_learn_together(
    rated_world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MATINEE_DEVICE, settings.MATINEE_TRAINING_PROCESSES = "cpu", 2
    recipe = Recipe(dim=8, most_epochs=2, batch=256, window=8)
    started = []

    def together(problem: Problem, processes: int, *others: Any) -> Any:
        started.append(processes)
        return train_together(problem, processes, *others)

    monkeypatch.setattr(join, "train_together", together)
    use_models(
        monkeypatch,
        lambda kind: (
            lambda seed, place: SequenceBlendModel(
                random_state=seed,
                questions=100,
                shortlists=100,
                transformer_from=0,
                recipe=recipe,
                device=place.device,
                processes=place.processes,
            )
        ),
    )
    run = run_here("sequence")
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert started == [2]
    assert any(point["phase"] == "reading" for point in run.loss_curve)


class Whole(StandIn):
    """Fits all ratings at once, where they find room."""

    batch_size = None

    def fit(self, interactions: Interactions, **options: Any) -> Self:
        if self.place.device != "cpu":
            raise MemoryError("too much at once")
        return super().fit(interactions, **options)


def test_a_model_without_batches_goes_to_the_cpu_at_once(
    monkeypatch: pytest.MonkeyPatch, rated_world: World
) -> None:
    monkeypatch.setattr(fit, "default_place", lambda: Place(device="cuda"))
    use_models(monkeypatch, lambda kind: partial(Whole, kind, Behaviour()))
    run = run_here("factorization")
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert "Out of memory on cuda: going on with the CPU." in run.log
    assert "batches" not in run.log


class Greedy(StandIn):
    """Asks torch for more than any machine has."""

    def fit(self, interactions: Interactions, **options: Any) -> Self:
        torch.empty(2**60)
        raise AssertionError("there was room for it")


def test_torch_without_memory_of_the_machine_fails_with_its_own_words(
    live: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_models(monkeypatch, lambda kind: partial(Greedy, kind, Behaviour()))
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert "allocate memory" in run.reason
    assert "Out of memory" not in run.log
    assert ModelVersion.objects.live("factorization") == live


class Diverging(StandIn):
    """Notices by itself that its loss is lost, as the library's models do."""

    def fit(self, interactions: Interactions, **options: Any) -> Self:
        raise DivergedError("the loss is inf")


def test_a_model_that_diverges_says_so_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, rated_world: World
) -> None:
    use_models(monkeypatch, lambda kind: partial(Diverging, kind, Behaviour()))
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert run.reason == "the loss is inf; the live version stays"
    assert "Traceback" not in run.log
