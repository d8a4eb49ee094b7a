"""Workers that die, two workers at once, and a broker that forgets."""

import os
import signal
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from catalog.models import Rating
from moviesite.local.valkey import PrivateValkey
from recommender.models import ModelVersion, RunStatus, RunTrigger, TrainingRun
from recommender.runs.request import deliver_run
from recommender.runs.sweep import sweep
from tests.faults.conftest import Processes, ended, live_pk, queue_run, wait_until


def test_a_worker_killed_in_mid_epoch(processes: Processes) -> None:
    """The run is marked lost and taken up from its checkpoint by another worker."""
    processes.behave(epochs=12, seconds=0.4)
    doomed = processes.worker("doomed")
    run = queue_run()
    wait_until(lambda: epoch_of(run) >= 4)
    processes.kill(doomed)
    killed_at = timezone.now()
    processes.worker("heir")

    def swept() -> TrainingRun | None:
        sweep()  # as beat has it done every half minute
        return TrainingRun.objects.filter(resumes=run).first()

    successor = wait_until(swept, every=1)
    run.refresh_from_db()
    assert run.status == RunStatus.LOST
    assert run.finished_at is not None
    assert run.finished_at - killed_at < timedelta(minutes=1)
    ended(successor)
    assert successor.status == RunStatus.SUCCEEDED, successor.log
    assert successor.trigger == RunTrigger.RESUMED
    assert "Continuing from the checkpoint of the lost run." in successor.log
    assert successor.loss_curve[0]["epoch"] > 2
    assert live_pk() == successor.version_id


def test_a_real_fit_is_taken_up_where_it_was(processes: Processes) -> None:
    processes.behave(real=True, seconds=0.6)
    doomed = processes.worker("doomed")
    run = queue_run()
    wait_until(lambda: epoch_of(run) >= 3)
    processes.kill(doomed)
    processes.behave(real=True)
    processes.worker("heir")

    def swept() -> TrainingRun | None:
        sweep()
        return TrainingRun.objects.filter(resumes=run).first()

    successor = ended(wait_until(swept, every=1))
    assert successor.status == RunStatus.SUCCEEDED, successor.log
    assert "Continuing from the checkpoint of the lost run." in successor.log


def test_a_child_killed_by_the_system(processes: Processes) -> None:
    """As by the kernel when memory runs out: the worker itself gives the message back."""
    processes.behave(epochs=8, seconds=0.4)
    processes.worker()
    run = queue_run()
    wait_until(lambda: epoch_of(run) >= 2)
    child = int(TrainingRun.objects.get(pk=run.pk).worker.rsplit(":", 1)[1])
    os.kill(child, signal.SIGKILL)
    successor = wait_until(lambda: TrainingRun.objects.filter(resumes=run).first())
    assert ended(successor).status == RunStatus.SUCCEEDED, successor.log


def test_two_workers_never_train_one_kind_at_once(processes: Processes) -> None:
    """Both get the message, again and again, while one of them trains."""
    processes.behave(epochs=20, seconds=0.3)
    names = ("one", "two")
    for name in names:
        processes.worker(name)
    run = queue_run()
    wait_until(lambda: epoch_of(run) >= 1)
    other = queue_run("sequence")
    wait_until(lambda: deliver_run(run) and all(turned_away(processes, name) for name in names))
    ended(run)
    ended(other)
    assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 1), run.log
    assert other.status == RunStatus.SUCCEEDED, other.log
    assert ModelVersion.objects.filter(kind="factorization").count() == 1
    assert TrainingRun.objects.count() == 2


def test_a_broker_restarted_without_its_memory(processes: Processes, tmp_path: Path) -> None:
    """Nobody tells the new broker anything: beat has the database looked at, and that is enough."""
    (tmp_path / "log").mkdir()
    broker = PrivateValkey(tmp_path, tmp_path, durable=False)
    broker.start()
    try:
        processes.environment["REDIS_URL"] = broker.broker_url
        every_second, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
        PeriodicTask.objects.all().delete()
        PeriodicTask.objects.create(
            name="sweep", task="recommender.tasks.sweep", interval=every_second
        )
        workers = [processes.worker()]
        processes.beat()
        first = wait_until(live_pk)

        assert broker.process is not None
        broker.process.kill()
        broker.process.wait()
        broker.process = None
        Rating.objects.filter(pk__in=Rating.objects.order_by("pk")[:10].values("pk")).update(
            updated_at=timezone.now()
        )
        broker.start()

        def published_again() -> bool:
            # Celery's worker sometimes ends when its broker is gone; its supervisor starts another.
            if workers[-1].poll() is not None:
                workers.append(processes.worker(f"w{len(workers)}"))
            return live_pk() != first

        wait_until(published_again)
        assert TrainingRun.objects.filter(trigger=RunTrigger.RATINGS, mode="quick").exists()
    finally:
        processes.stop()
        broker.stop()


def turned_away(processes: Processes, worker: str) -> bool:
    """Whether a process of this worker found the lock held by another one."""
    log = processes.folder / f"{worker}.log"
    return "another process is training the factorization model" in log.read_text(errors="replace")


def epoch_of(run: TrainingRun) -> int:
    return TrainingRun.objects.values_list("epoch", flat=True).get(pk=run.pk)
