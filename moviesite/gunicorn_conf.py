"""How gunicorn serves Matinee: ``gunicorn --config python:moviesite.gunicorn_conf``.

Twice as many processes as processors, of two threads each: a request that waits for the database
leaves its processor to another, and a short one seldom meets a long one in its own process, where
only one thread at a time has the interpreter. What was measured is in docs/performance.md.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

wsgi_app = "moviesite.wsgi:application"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(16, 2 * (_PROCESSORS or 1)))
worker_class = "moviesite.web.worker.PatientWorker"
threads = 2
# Loaded once, before the processes part: they share what never changes.
preload_app = True
graceful_timeout = 5
control_socket_disable = True
# Whom to believe is MATINEE_TRUSTED_PROXIES' to say: gunicorn itself believes its own machine.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
loglevel = "warning"

_made = ""
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
if (os.environ.get("MATINEE_METRICS_TOKEN") or os.environ.get("MATINEE_METRICS_TOKEN_FILE")) and (
    _FOLDER not in os.environ
):
    # Where the processes add up what they count: in memory, since a disk may be full.
    _memory = Path("/dev/shm")  # noqa: S108
    os.environ[_FOLDER] = _made = tempfile.mkdtemp(
        prefix="matinee-metrics-", dir=_memory if os.access(_memory, os.W_OK) else None
    )


def post_worker_init(worker: Any) -> None:
    """The models are read while nobody waits for them yet."""
    from moviesite.web.process import warm_up

    warm_up()


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays; what it measures is over."""
    if _FOLDER in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    if _made:
        shutil.rmtree(_made, ignore_errors=True)
