"""Two processes that torchrun starts learn what one process learns."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from recommender.learning.artifact import read_artifact
from recommender.learning.engine import distributed
from tests.recommender.learning.engine.distributed_fits import fit_all, qualities

ROOT = Path(__file__).resolve().parents[4]
SAME_DRAWS = ("explicit", "sparse", "softmax", "transformer")


@pytest.fixture(scope="module")
def models():
    """Fitted by this process alone."""
    return fit_all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What two processes have fitted and written."""
    folder = tmp_path_factory.mktemp("two")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--no-python"]
    module = "tests.recommender.learning.engine.distributed_fits"
    script = [sys.executable, "-m", module, str(folder)]
    done = subprocess.run(
        [*torchrun, "--nproc-per-node", "2", *script],
        cwd=ROOT,
        env={**os.environ, "PYTHONFAULTHANDLER": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder


def said(folder, rank):
    return json.loads((folder / f"{rank}.json").read_text())


@pytest.mark.parametrize("name", SAME_DRAWS)
def test_the_weights_are_those_of_one_process(name, models, folder):
    """But for the last digits: sums are made in another order."""
    weights = models[name]._net.state_dict()
    together = read_artifact(folder / name).arrays
    assert set(together) == set(weights)
    for key, alone in weights.items():
        np.testing.assert_allclose(together[key], alone.numpy(), rtol=1e-3, atol=1e-4)
    losses = [line.loss for line in models[name].history]
    assert said(folder, 0)["losses"][name] == pytest.approx(losses, rel=1e-4)


def test_models_that_draw_for_each_batch_become_as_good(models, folder):
    alone, together = qualities(models), said(folder, 0)["qualities"]
    assert alone["bpr"] > 0.9
    assert together["bpr"] == pytest.approx(alone["bpr"], abs=0.1)
    assert together["dropout"] == pytest.approx(alone["dropout"], rel=0.1)


def test_all_processes_agree(folder):
    first, second = said(folder, 0), said(folder, 1)
    assert (first["first"], second["first"]) == (True, False)
    assert second["disagreement"] == 0
    assert second["losses"] == first["losses"]


def test_a_cancellation_by_the_first_process_ends_all(folder):
    assert said(folder, 0)["cancelled"] == "CancelledError"
    assert said(folder, 1)["cancelled"] == "StoppedElsewhereError"


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setattr(torch.distributed, "is_torchelastic_launched", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    with pytest.raises(ValueError, match=r"2 processes on this machine, which has 1 GPU"):
        distributed.process_group().__enter__()


def test_without_torchrun_nothing_is_shared():
    def loss(batch):
        return batch.float().mean()

    with distributed.process_group():
        assert distributed.is_first()
        assert distributed.shared_loss(torch.nn.Linear(1, 1), loss, None) is loss
        assert distributed.from_first(torch.arange(3)).tolist() == [0, 1, 2]
        assert distributed.sum_over_processes(torch.tensor(2.0)).item() == 2
