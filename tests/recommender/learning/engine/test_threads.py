"""How many threads a fit takes, and that it gives them back."""

import pytest
import torch

from recommender.learning.engine import threads
from recommender.learning.engine.threads import StepThreads
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from tests.recommender.learning.toys import checkerboard

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def four_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def threads_after_one_step(size: int) -> int:
    step_threads = StepThreads(CPU)
    with step_threads:
        with step_threads.step():
            assert torch.get_num_threads() == 1
            torch.ones(size, size) @ torch.ones(size, size)
        return torch.get_num_threads()


@pytest.mark.parametrize(("size", "expected"), [(64, 1), (1024, 4)])
def test_as_many_threads_as_the_work_is_worth(size, expected, monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1_000_000)
    assert threads_after_one_step(size) == expected


def test_no_more_threads_than_torch_had(monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    assert threads_after_one_step(64) == 4


def test_what_is_made_counts_without_any_matrix_product(monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1000)
    step_threads = StepThreads(CPU)
    with step_threads:
        with step_threads.step():
            torch.zeros(1000).add_(1).view(10, 100)  # A view makes nothing.
        assert torch.get_num_threads() == 2


def test_a_second_visit_knows_what_a_step_is_worth(monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    step_threads = StepThreads(CPU)
    for expected in (1, 4):
        with step_threads:
            assert torch.get_num_threads() == expected
            with step_threads.step():
                torch.zeros(10)


def test_an_error_gives_the_threads_back():
    with pytest.raises(ZeroDivisionError), StepThreads(CPU) as step_threads, step_threads.step():
        raise ZeroDivisionError
    assert torch.get_num_threads() == 4


def test_a_fit_on_a_gpu_has_the_threads_that_there_are():
    step_threads = StepThreads(torch.device("cuda"))
    with step_threads, step_threads.step():
        assert torch.get_num_threads() == 4


def test_a_small_net_is_fitted_on_one_thread_which_changes_nothing_else(monkeypatch):
    data = checkerboard()
    in_steps = []
    original = StepThreads.step

    def watched(self):
        in_steps.append(torch.get_num_threads())
        return original(self)

    monkeypatch.setattr(StepThreads, "step", watched)
    model = ImplicitFactorizationModel(loss="bpr", n_iter=2, random_state=0).fit(data)
    assert set(in_steps) == {1}
    assert torch.get_num_threads() == 4
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    same = ImplicitFactorizationModel(loss="bpr", n_iter=2, random_state=0).fit(data)
    assert set(in_steps) == {1, 4}
    assert [epoch.loss for epoch in model.history] == [epoch.loss for epoch in same.history]
