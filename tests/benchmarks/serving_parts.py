"""Where the time of a request goes, asked of one process of the site of bench_serving.

python -m tests.benchmarks.serving_parts SESSION [SESSION …]

Milliseconds of processor time of this process, median over requests: they hold on a busy machine
too. What PostgreSQL and Valkey use themselves is not in them.
"""

import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest import mock

import django
import numpy as np

ROUNDS = 12
PAGES = {"API recommendations": "/api/v1/me/recommendations", "home page": "/"}
# What is timed, by part; what runs inside another part counts for the inner one alone.
PARTS = {
    "history and choices": [
        "recommender.serving.member.history_of",
        "recommender.serving.member.filters_of",
        "recommender.views.home.history_of",
        "recommender.views.home.filters_for",
    ],
    "scoring and ranking": [
        "recommender.serving.Recommender.top_picks",
        "recommender.serving.Recommender.watch_next",
        "recommender.serving.Recommender.popular",
        "recommender.serving.Recommender.rank_by",
        "recommender.pages.home.alike",
    ],
    "explaining": ["recommender.pages.cards.reasons"],
    "films from the database": [
        "recommender.pages.cards.films_of",
        "recommender.pages.home.films_of",
        "recommender.api.payloads.movies_json",
    ],
}


class Clock:
    """Processor time by part, without what inner parts took."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        started = time.process_time()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = time.process_time() - started
            self.spent[part] += took - self._inner.pop()
            self._inner[-1] += took

    def wrapped(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.timing(part):
                made = function(*args, **kwargs)
                return list(made) if isinstance(made, Iterator) else made

        return timed


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    clients = []
    for session in sys.argv[1:]:
        clients.append(Client())
        clients[-1].cookies["sessionid"] = session
    for title, address in PAGES.items():
        for client in clients:
            client.get(address)
        rounds = [measured(client, address) for _ in range(ROUNDS) for client in clients]
        print(f"| {title} | processor ms |\n| --- | --- |")
        for part in [*PARTS, "everything else", "together"]:
            print(f"| {part} | {np.median([one[part] for one in rounds]) * 1000:.1f} |")
        print()


def measured(client: Any, address: str) -> dict[str, float]:
    clock = Clock()
    with ExitStack() as patches:
        for part, names in PARTS.items():
            for name in names:
                patches.enter_context(_patch(clock, part, name))
        with clock.timing("everything else"):
            answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return defaultdict(float, clock.spent, together=sum(clock.spent.values()))


def _patch(clock: Clock, part: str, name: str) -> Any:
    module, *path = _module_and_path(name)
    owner: Any = module
    for attribute in path[:-1]:
        owner = getattr(owner, attribute)
    function = getattr(owner, path[-1])
    return mock.patch.object(owner, path[-1], clock.wrapped(part, function))


def _module_and_path(name: str) -> list[Any]:
    words = name.split(".")
    for end in range(len(words) - 1, 0, -1):
        try:
            return [importlib.import_module(".".join(words[:end])), *words[end:]]
        except ModuleNotFoundError:
            continue
    raise ValueError(f"there is no module in {name!r}")


if __name__ == "__main__":
    main()
