"""Progress, curves, devices: what surrounds a fit."""

from xml.etree import ElementTree

import pytest
import torch

from recommender.learning.engine.curves import history_svg
from recommender.learning.engine.devices import choose_device, mixed_precision
from recommender.learning.engine.optimizers import AdamPair, Schedule, make_optimizer
from recommender.learning.engine.training import EarlyStopping, Epoch
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.progress import Progress, Reporter
from recommender.learning.sequence.representations import PoolNet
from recommender.learning.sequence.transformer import TransformerNet
from tests.recommender.learning.toys import ratings


def test_reports_are_not_due_too_often():
    seen = []
    reporter = Reporter(seen.append, interval=3600)
    assert reporter.due()
    reporter.report(Progress(phase="fit", epoch=0, epochs=1))
    assert not reporter.due()
    assert len(seen) == 1
    assert not Reporter(None).due()


def test_an_epoch_reports_while_it_runs(monkeypatch):
    seen = []
    monkeypatch.setattr("recommender.learning.progress.Reporter.due", lambda self: True)
    train, _ = ratings()
    model = ExplicitFactorizationModel(n_iter=1, batch_size=1000, device="cpu", random_state=0)
    model.fit(train, progress=seen.append)
    assert [report.epoch for report in seen] == [0] * 7 + [1]
    assert all(report.loss > 0 for report in seen)


def test_a_history_is_drawn():
    history = [Epoch(epoch=n, loss=1 / n, seconds=1, score=n) for n in (1, 2, 3)]
    picture = ElementTree.fromstring(history_svg(history, "loss < 1"))  # noqa: S314
    lines = list(picture.iter("{http://www.w3.org/2000/svg}polyline"))
    assert [len(line.get("points").split()) for line in lines] == [3, 3]
    assert history_svg([Epoch(epoch=1, loss=2, seconds=1)], "one").count("<polyline") == 1
    with pytest.raises(ValueError, match="history must not be empty"):
        history_svg([], "none")


def test_devices_are_chosen_by_name():
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto").type == expected
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="device must be one of auto, cpu, cuda, got 'gpu'"):
        choose_device("gpu")


def test_cuda_is_insisted_on(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for arguments in ({"use_cuda": True}, {"device": "cuda"}, {"device": "cuda:1"}):
        with pytest.raises(ValueError, match="no CUDA device is available"):
            choose_device(**arguments)


def test_a_cpu_is_never_in_half_precision():
    with mixed_precision(torch.device("cpu"), enabled=True):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


def test_patience_must_be_positive():
    with pytest.raises(ValueError, match="patience must be positive, got 0"):
        EarlyStopping(score=lambda model: 0.0, patience=0)


def test_one_cycle_rises_and_falls_and_starts_anew():
    dense, sparse = torch.zeros(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    pair = AdamPair([dense], [sparse], lr=0.5, weight_decay=0.0)
    for _ in range(2):
        schedule = Schedule("one_cycle", pair, 101)
        rates = []
        for _ in range(101):
            schedule.step()
            rates.append({group["lr"] for group in pair.param_groups})
        assert all(len(rate) == 1 for rate in rates)  # Both optimizers follow.
        found = [rate.pop() for rate in rates]
        assert found[0] == pytest.approx(0.5 / 25)
        assert found.index(max(found)) == 10
        assert max(found) == pytest.approx(0.5)
        assert found[-1] == pytest.approx(0, abs=1e-9)


def test_a_constant_rate_is_left_alone():
    weight = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([weight], lr=0.5)
    Schedule("constant", optimizer, 10).step()
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_a_fit_follows_its_schedule():
    train, _ = ratings()
    rates = []

    def optimizer(weights):
        made = torch.optim.SGD(weights, lr=0.1)
        step = made.step
        made.step = lambda: (rates.append(made.param_groups[0]["lr"]), step())
        return made

    model = ExplicitFactorizationModel(
        n_iter=2, batch_size=1000, device="cpu", random_state=0, optimizer_func=optimizer
    )
    model._schedule = "one_cycle"
    model.fit(train)
    assert len(rates) == 14
    assert rates[0] < max(rates) > rates[-1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_net_brings_its_own_betas(sparse):
    for net, betas in (
        (TransformerNet(9, 8, sparse=sparse), (0.9, 0.98)),
        (PoolNet(9, 8, sparse=sparse), (0.9, 0.999)),
    ):
        groups = make_optimizer(net, None, 0.01, 0.0).param_groups
        assert {group["betas"] for group in groups} == {betas}
