"""``manage.py train``, ``models`` and ``evaluate``."""

import io
import json
import logging
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from recommender.learning.interactions import Interactions
from recommender.management import follow
from recommender.management.evaluation import evaluate
from recommender.models import ModelVersion, RunStatus, TrainingRun
from recommender.training import fit, stages
from tests.recommender.stand_in import train_stand_ins, use_models
from tests.recommender.world import World


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def hand_made(monkeypatch: pytest.MonkeyPatch) -> None:
    train_stand_ins(monkeypatch)


@pytest.mark.usefixtures("hand_made")
def test_train_here_publishes_both_kinds_and_prints_metrics(rated_world: World) -> None:
    output = run("train", "--here")
    assert set(ModelVersion.objects.values_list("kind", "status")) == {
        ("factorization", "live"),
        ("sequence", "live"),
    }
    for word in ("rmse", "mrr", "ndcg@10", "questions"):
        assert word in output


@pytest.mark.usefixtures("hand_made", "rated_world")
def test_train_here_logs_warnings_only_beside_its_progress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, handler = logging.getLogger(), logging.StreamHandler()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.INFO)
    original = fit.place_name

    def place_name(place: Any) -> str:
        logging.getLogger("recommender").warning("the fan is broken")
        return original(place)

    monkeypatch.setattr(stages, "place_name", place_name)
    run("train", "--here", "--kind", "sequence")
    assert capsys.readouterr().err == "the fan is broken\n"
    assert root.level == logging.INFO


@pytest.mark.usefixtures("hand_made")
def test_train_here_one_kind_quickly(rated_world: World) -> None:
    run("train", "--here", "--kind", "sequence")
    run("train", "--here", "--kind", "sequence", "--quick")
    assert list(TrainingRun.objects.order_by("pk").values_list("kind", "mode")) == [
        ("sequence", "full"),
        ("sequence", "quick"),
    ]


def test_a_failed_training_is_a_failed_command(
    rated_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_stand_ins(monkeypatch, nan_at=1)
    with pytest.raises(CommandError, match="the loss became nan"):
        run("train", "--here", "--kind", "factorization")


def test_train_without_waiting_queues(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.management.commands.train.deliver_run", lambda run: True)
    assert "Queued run" in run("train", "--kind", "sequence")
    assert TrainingRun.objects.get().status == RunStatus.QUEUED
    assert "Already queued" in run("train", "--kind", "sequence")


def test_train_wait_without_a_worker_says_how_to_start_one(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(follow, "ANSWER_SECONDS", 0.2)
    with pytest.raises(CommandError, match="no training worker answers") as raised:
        run("train", "--kind", "sequence", "--wait")
    assert "celery -A moviesite worker -Q training" in str(raised.value)
    assert "--here" in str(raised.value)


def test_models_list_show_activate_rollback(world: World) -> None:
    first, second = world.publish("sequence")[0], world.publish("sequence")[0]
    listed = json.loads(run("models", "list", "--json"))
    assert [(entry["version"], entry["status"]) for entry in listed] == [
        (second.pk, "live"),
        (first.pk, "retired"),
    ]
    assert str(first.pk) in run("models", "list")

    shown = json.loads(run("models", "show", str(second.pk)))
    for key in ("code_version", "settings", "seed", "data", "metrics"):
        assert key in shown
    assert set(shown["data"]) == {"rating_count", "watermark", "sha256"}

    assert "is live" in run("models", "activate", str(first.pk))
    assert ModelVersion.objects.live("sequence") == first
    assert f"sequence {second.pk} is live" in run("models", "rollback", "sequence")


def test_models_says_what_it_cannot_do(world: World) -> None:
    with pytest.raises(CommandError, match="no version 999"):
        run("models", "show", "999")
    with pytest.raises(CommandError, match="no earlier factorization version"):
        run("models", "rollback", "factorization")
    version = world.publish("sequence")[0]
    with pytest.raises(CommandError, match="is live already"):
        run("models", "activate", str(version.pk))


class Oracle:
    """Predicts what it is asked for: every user meets the items in the order of their numbers."""

    def fit(self, interactions: Interactions, **options: Any) -> "Oracle":
        self._num_items = interactions.num_items
        return self

    def predict(self, users_or_sequences: Any, item_ids: Any = None) -> Any:
        if item_ids is not None:
            return np.full(len(item_ids), 3.0)
        newest = np.atleast_2d(users_or_sequences)[:, -1]
        scores = np.zeros((len(newest), self._num_items))
        scores[np.arange(len(newest)), np.minimum(newest + 1, self._num_items - 1)] = 1.0
        return scores


@pytest.mark.parametrize("protocol", ["article", "leave-one-out", "temporal"])
def test_evaluation_asks_for_the_next_item(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that knows the rule of the data gets every question right, in each protocol."""
    use_models(monkeypatch, lambda kind: lambda seed, place: Oracle())
    users, items = np.repeat(np.arange(40), 30), np.tile(np.arange(1, 31), 40)
    interactions = Interactions(
        users, items, ratings=np.full(len(users), 3.0), timestamps=items * 1000 + users
    )
    results = evaluate(protocol, interactions, ["factorization", "sequence"])
    assert results["factorization"]["rmse"] == 0
    assert results["sequence"]["mrr"] == 1
    assert results["sequence"]["hit_rate@10"] == 1
    assert results["sequence"]["questions"] > 5


def test_an_unknown_protocol() -> None:
    with pytest.raises(ValueError, match="got 'guess'"):
        evaluate("guess", Interactions([0], [1]), [])


@pytest.mark.usefixtures("rated_world")
def test_evaluate_prints_json(monkeypatch: pytest.MonkeyPatch) -> None:
    use_models(monkeypatch, lambda kind: lambda seed, place: Oracle())
    answer = json.loads(run("evaluate", "--protocol", "temporal", "--json"))
    assert answer["protocol"] == "temporal"
    assert answer["rating_count"] == 2000
    assert set(answer["results"]) == {"factorization", "sequence"}
    assert "ndcg@10" in run("evaluate", "--kind", "sequence")
