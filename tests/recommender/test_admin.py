"""The recommender's pages in the admin: what they show, what their buttons do, what they cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommender.admin.charts import line_chart
from recommender.learning.line_chart import Series
from recommender.models import ModelVersion, RetrainingPolicy, RunStatus, TrainingRun, VersionStatus
from tests.recommender.world import World, publish

pytestmark = pytest.mark.usefixtures("plain_static")

RUNS = reverse("admin:recommender_trainingrun_changelist")
VERSIONS = reverse("admin:recommender_modelversion_changelist")


@pytest.fixture
def operator(world: World, client: Client) -> Client:
    user = get_user_model().objects.create_superuser("op", "op@example.org", "correct horse")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Runs that would have been sent to a worker."""
    runs: list[int] = []
    monkeypatch.setattr(
        "recommender.runs.request.deliver_run", lambda run: runs.append(run.pk) is None
    )
    return runs


def press(client: Client, name: str, *args: Any) -> str:
    answer = client.post(reverse(f"admin:recommender_{name}", args=args), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_publish_and_roll_back_ask_first_and_take_one_click(operator: Client, world: World) -> None:
    first, second, third = (world.publish("factorization")[0] for _ in range(3))

    question = operator.get(reverse("admin:recommender_modelversion_publish", args=[first.pk]))
    assert f"Publish version {first.pk}?" in question.content.decode()
    assert ModelVersion.objects.live("factorization") == third, "a question changes nothing"
    assert f"Version {first.pk} is live" in press(operator, "modelversion_publish", first.pk)
    assert ModelVersion.objects.live("factorization") == first

    press(operator, "modelversion_rollback", "factorization")
    assert ModelVersion.objects.live("factorization") == third
    press(operator, "modelversion_rollback", "factorization")
    assert ModelVersion.objects.live("factorization") == second
    assert "no earlier" in press(operator, "modelversion_rollback", "factorization")
    first.refresh_from_db()
    assert first.status == VersionStatus.REJECTED
    assert "rolled back by op" in first.reason


def test_pin_and_unpin(operator: Client, world: World) -> None:
    version = world.publish("sequence")[0]
    assert "is pinned" in press(operator, "modelversion_pin", version.pk)
    version.refresh_from_db()
    assert version.pinned
    press(operator, "modelversion_unpin", version.pk)
    version.refresh_from_db()
    assert not version.pinned


def test_train_now_and_cancel(
    operator: Client, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        press(operator, "trainingrun_train", "sequence", "quick")
    run = TrainingRun.objects.get()
    assert (run.kind, run.mode, run.status) == ("sequence", "quick", RunStatus.QUEUED)
    assert sent == [run.pk]
    assert "already under way" in press(operator, "trainingrun_train", "sequence", "full")
    press(operator, "trainingrun_cancel", run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED


@pytest.mark.parametrize(
    ("path", "answer"),
    [("modelversion_publish", 404), ("modelversion_pin", 405), ("trainingrun_cancel", 405)],
)
def test_buttons_are_posts_by_those_who_may(operator: Client, path: str, answer: int) -> None:
    url = reverse(f"admin:recommender_{path}", args=[1])
    assert operator.get(url).status_code == answer
    staff = get_user_model().objects.create_user("s", "s@example.org", "pw", is_staff=True)
    operator.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    assert operator.post(url).status_code == 403


def test_a_running_run_is_shown_live(operator: Client, world: World) -> None:
    run = TrainingRun.objects.create(
        kind="factorization",
        mode="full",
        trigger="manual",
        status=RunStatus.RUNNING,
        phase="factorization",
        epoch=4,
        epochs=10,
        loss=0.25,
        examples_per_second=12345.6,
        device="cpu (2 threads)",
        memory_mb=321,
        phase_started_at=timezone.now() - timedelta(seconds=8),
        loss_curve=[{"phase": "fit", "epoch": n, "loss": 1 / n} for n in range(1, 5)],
    )
    for url in (
        RUNS,
        reverse("admin:recommender_trainingrun_live"),
        reverse("admin:recommender_trainingrun_live_run", args=[run.pk]),
        reverse("admin:recommender_trainingrun_change", args=[run.pk]),
    ):
        page = operator.get(url).content.decode()
        assert '<progress value="4" max="10">' in page
        for fact in ("4 / 10", "0.2500", "12,346", "s in this phase", "cpu (2 threads)", "321"):
            assert fact in page, (url, fact)
    run.status, run.finished_at = RunStatus.SUCCEEDED, timezone.now()
    run.log, run.reason = "Fitted <well>.", "version 1 is live"
    run.save()
    page = operator.get(url).content.decode()
    for fact in ("Succeeded", "version 1 is live", "Fitted &lt;well&gt;."):
        assert fact in page
    assert "<progress" not in page
    assert "<polyline" in page


def test_the_pages_need_no_inline_script_or_style(operator: Client, world: World) -> None:
    """As the strict content security policy asks."""
    world.publish()
    world.fan_of_even()
    for url in (RUNS, VERSIONS):
        page = operator.get(url).content.decode()
        ours = page[page.index("retraining") :]
        assert "style=" not in ours
        assert "onclick" not in ours
        assert "<script>" not in ours


def test_a_rollback_says_what_members_will_see(operator: Client, world: World) -> None:
    address = reverse("admin:recommender_modelversion_rollback", args=["factorization"])
    assert "no earlier version" in operator.get(address).content.decode()
    movie_ids = [movie.pk for movie in world.movies]
    smaller = publish("factorization", movie_ids[:-2])
    live = publish("factorization", movie_ids)
    page = operator.get(address).content.decode()
    for words in (
        f"Predicted stars, and the order of top picks, come from version {smaller.pk}",
        "2 films that the live version knows are unknown to it",
        "No rating is lost",
        f"Version {live.pk} is marked as turned down",
    ):
        assert words in page
    assert ModelVersion.objects.live("factorization") == live
    newer = publish("factorization", movie_ids)
    answer = operator.post(address, {"to": smaller.pk}, follow=True).content.decode()
    assert f"It would be version {live.pk} by now, not {smaller.pk}" in answer
    assert ModelVersion.objects.live("factorization") == newer
    operator.post(address, {"to": live.pk})
    assert ModelVersion.objects.live("factorization") == live
    assert operator.get(address.replace("factorization", "nonsense")).status_code == 404


def many_versions(count: int) -> None:
    for _ in range(count):
        version = ModelVersion.objects.create(
            kind="sequence",
            trained_at=timezone.now(),
            watermark=timezone.now(),
            metrics={"mrr": 0.1, "against_mrr": 0.09, "gate_opponent": 1},
        )
        TrainingRun.objects.create(
            kind="sequence",
            mode="full",
            trigger="age",
            status="succeeded",
            finished_at=timezone.now(),
            version=version,
        )


def test_one_version_has_no_line_and_fifty_have_one(operator: Client) -> None:
    many_versions(1)
    page = operator.get(RUNS).content.decode()
    assert "there is a chart as soon as there are two" in page
    assert "<polyline" not in page
    many_versions(49)
    page = operator.get(RUNS).content.decode()
    assert "as soon as there are two" not in page
    assert "mrr by version" in page
    assert page.count("<polyline") == 2


def test_the_list_of_runs_tells_outcome_and_duration_in_words(operator: Client) -> None:
    now = timezone.now()
    version = ModelVersion.objects.create(
        kind="factorization",
        status=VersionStatus.RETIRED,
        artifact="one",
        trained_at=now,
        metrics={"rmse": 0.82},
    )
    TrainingRun.objects.create(
        kind="factorization",
        mode="full",
        trigger="age",
        status="succeeded",
        reason="rmse 0.8200 by more than 0.20% worse in 0.0% of resamples",
        version=version,
        requested_at=now,
        started_at=now - timedelta(seconds=3725),
        finished_at=now,
    )
    page = operator.get(RUNS).content.decode()
    assert ">Was live once; a later version took its place. Predicts stars within 0.820" in page
    assert "1 h 2 min" in page


def test_the_log_is_there_to_read(operator: Client) -> None:
    run = TrainingRun.objects.create(
        kind="sequence", mode="full", trigger="age", status="failed", finished_at=timezone.now()
    )
    TrainingRun.objects.filter(pk=run.pk).add_log("Went wrong & <how>.")
    page = operator.get(reverse("admin:recommender_trainingrun_change", args=[run.pk]))
    assert "Went wrong &amp; &lt;how&gt;." in page.content.decode()


def test_settings_are_one_page_that_can_be_saved(operator: Client) -> None:
    url = reverse("admin:recommender_retrainingpolicy_changelist")
    page = operator.get(url, follow=True)
    form = page.context["adminform"].form
    data = {name: form.initial[name] for name in form.fields} | {"enabled": "on", "new_ratings": 7}
    answer = operator.post(page.redirect_chain[-1][0], data, follow=True)
    assert answer.status_code == 200
    assert RetrainingPolicy.current().new_ratings == 7
    assert RetrainingPolicy.objects.count() == 1


def test_settings_that_contradict_each_other_are_refused(operator: Client) -> None:
    page = operator.get(reverse("admin:recommender_retrainingpolicy_changelist"), follow=True)
    form = page.context["adminform"].form
    data = {name: form.initial[name] for name in form.fields}
    data |= {"debounce_seconds": 60, "debounce_max_seconds": 10}
    answer = operator.post(page.redirect_chain[-1][0], data)
    assert "must not be shorter" in answer.content.decode()


def test_a_chart_of_one_point_and_of_none() -> None:
    assert line_chart("Empty", [Series(name="a", points=[])]) == ""
    assert line_chart("NaN", [Series(name="a", points=[(1, float("nan"))])]) == ""
    assert "<polyline" in line_chart("One", [Series(name="a", points=[(3, 0.5)])])
