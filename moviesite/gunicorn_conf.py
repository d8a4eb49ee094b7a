"""How gunicorn serves Matinee: ``gunicorn --config python:moviesite.gunicorn_conf``.

Twice as many processes as processors, of two threads each: a request that waits for the database
leaves its processor to another, and a short one seldom meets a long one in its own process, where
only one thread at a time has the interpreter. What was measured is in docs/performance.md.
"""

import os

_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

wsgi_app = "moviesite.wsgi:application"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(16, 2 * (_PROCESSORS or 1)))
worker_class = "gthread"
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
