"""Preparation of a web process before its first request, so that no request pays for it."""

import gc
import sys
import threading
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.template import engines
from django.urls import reverse

from recommender.serving.live import live_state
from recommender.serving.malloc import share_one_heap
from recommender.versions import artifacts

log = structlog.get_logger(__name__)

# Seconds a thread may hold the interpreter while another waits for it. A request gives it up at
# each query and has to get it back: with the default of 5 ms, next to one that renders a page, a
# request of a few queries waited longer than it worked.
SWITCH_SECONDS = 0.001


def settle() -> None:
    """Load what requests use, and take all of it out of the garbage collector's sight.

    A full collection walks some 170,000 objects that live as long as the process does, 80 ms
    during which none of its threads answers.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    share_one_heap()
    connection_created.connect(bound_statements, dispatch_uid="web_process.bound_statements")
    reverse("home")  # imports all addresses and views
    _compile_templates()
    gc.collect()
    gc.freeze()


def warm_up() -> threading.Thread:
    """Read catalog and live versions in a thread, and reach the store of the next ones: no first
    visitor waits for that.

    One who comes meanwhile waits for the rest of it. Where they cannot be read, requests try anew.
    """
    thread = threading.Thread(target=_read_what_is_live, name="warm-up", daemon=True)
    thread.start()
    return thread


def _read_what_is_live() -> None:
    try:
        live_state()
        artifacts.connect()
    except (DatabaseError, OSError) as error:
        log.warning("not_warm", reason=str(error))
    finally:
        connection.close()  # the thread's own


def bound_statements(connection: BaseDatabaseWrapper, **_: object) -> None:
    """No statement of a request may take longer than a visitor waits."""
    milliseconds = round(settings.DATABASE_STATEMENT_TIMEOUT * 1000)
    if milliseconds > 0:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [milliseconds])


def _compile_templates() -> None:
    """Every template of our own; the loaders keep what they have compiled.

    A process goes on with those that it began with, whatever an upgrade puts in their place.
    """
    for name, ending in (("django", "*.html"), ("jinja2", "*.jinja")):
        engine = engines[name]
        for folder in engine.dirs:
            for path in sorted(Path(folder).rglob(ending)):
                engine.get_template(str(path.relative_to(folder)))
