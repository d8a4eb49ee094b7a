"""The site's Celery application, with models that behave as the file BEHAVIOUR_FILE says.

Started by the tests of this folder: ``celery -A tests.faults.worker_app worker``. Nothing imports
it: it would change the tests' own process, too.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from moviesite.celery import app
from tests.faults.behaviour import BEHAVIOUR_FILE, SLEEP_QUERY, THIRD_KIND
from tests.recommender.extension import register_third_kind

SMALL_FILE_BYTES = 2000

if THIRD_KIND in os.environ:
    register_third_kind()


@app.on_after_finalize.connect
def stand_in(sender: Any, **kwargs: Any) -> None:
    from django.db import connection

    from recommender import kinds
    from recommender.data import snapshot
    from recommender.learning.interfaces import Place
    from recommender.training import checkpoints, fit, stages
    from recommender.versions import artifacts
    from tests.recommender.stand_in import Behaviour, StandIn

    store, read_movie_features = artifacts.store, snapshot.read_movie_features
    default_place = fit.default_place

    def behaviour() -> Behaviour:
        return Behaviour.read(Path(os.environ[BEHAVIOUR_FILE]))

    def stand_in_for(kind: kinds.AnyKind) -> Callable[[int, Place], Any]:
        def make(seed: int, place: Place) -> Any:
            wanted = behaviour()
            if wanted.real:
                return slow(kind.make(seed, place), wanted.seconds)
            return StandIn(kind.name, wanted, seed, place)

        return make

    def place() -> Place:
        return default_place() if behaviour().real else Place(device="cuda")

    def store_on_a_small_disk(*args: Any) -> None:
        """The system itself refuses to write on, in the middle of the file."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        if behaviour().disk_full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILE_BYTES, before[1]))
        try:
            store(*args)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def slow_movie_features(**options: bool) -> Any:
        if behaviour().slow_snapshot:
            with connection.cursor() as cursor:
                cursor.execute(SLEEP_QUERY)
        return read_movie_features(**options)

    artifacts.store = store_on_a_small_disk
    checkpoints.SECONDS_BETWEEN = 0.3
    for kind in kinds.registered():
        kinds._kinds[kind.name] = replace(kind, make=stand_in_for(kind))
    fit.default_place = place
    snapshot.read_movie_features = slow_movie_features
    stages.place_name = lambda place: place.device


def slow(model: Any, seconds: float) -> Any:
    """``model``, resting at each of its reports."""
    fit = model.fit

    def slow_fit(*args: Any, progress: Any, **options: Any) -> Any:
        def report(made: Any) -> None:
            progress(made)
            time.sleep(seconds)

        return fit(*args, progress=report, **options)

    model.fit = slow_fit
    return model
