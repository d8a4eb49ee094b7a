"""The script for GPUs runs to its end on a CPU, but for the fits that other tests have."""

import json

import pytest

from tests.gpu import check


def test_every_step_but_the_fits_is_sound_on_the_cpu():
    steps = check.steps("cpu", big=False)
    assert set(steps) > {"agreement"}
    for name, step in steps.items():
        if name != "agreement":
            found = check.timed(step)
            assert found["ok"], found
            json.dumps(found)


def test_a_step_that_fails_leaves_the_others_their_time():
    def fail():
        raise ValueError("no such kernel")

    found = check.timed(fail)
    assert not found["ok"]
    assert "no such kernel" in found["error"]


def test_without_a_gpu_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["check"])
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert check.main() == 2
    assert "no CUDA device" in capsys.readouterr().err


@pytest.mark.parametrize(("off", "agrees"), [(0.02, True), (0.5, False)])
def test_a_score_that_is_off_is_noticed(monkeypatch, off, agrees):
    scores = {"cpu": 1.0, "cuda": 1.0 + off}
    monkeypatch.setattr("tests.gpu.agreement.fits", lambda: {"one": scores.__getitem__})
    assert check.agreements("cuda")["ok"] is agrees
