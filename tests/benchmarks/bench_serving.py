"""Speed and memory of serving, with models of production size made of random numbers.

python -m tests.benchmarks.bench_serving [scoring] [growth] [parts] [memory] [http]

`scoring`: milliseconds in the process for one user, by part. `growth`: the same against the size
of the catalog. `parts`: where the time of a request goes. `memory`: what serving adds to a web
process. `http`: gunicorn with private PostgreSQL and Valkey, 16 users who pause, then as many
requests as go through. Without a name all five. OMP_NUM_THREADS=1, as web processes have it.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

PARTS = ["scoring", "growth", "parts", "memory", "http"]
FILMS = 45_843
HISTORY = 200
SCORING = (
    "fold-in",
    "stars of all films",
    "sequence scores of all films",
    "filters and seen films",
    "ranking top picks",
    "ranking watch next",
)
SIZES = (10_000, 50_000, 200_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", default=["scoring", "growth", "parts", "memory", "http"]
    )
    parser.add_argument("--seconds", type=int, default=20, help="of each load over HTTP")
    chosen = parser.parse_args()
    for part in chosen.parts:
        print(f"\n## {part}\n", flush=True)
        if part in ("scoring", "growth"):
            _set_up_django()
            {"scoring": scoring, "growth": growth}[part]()
        else:
            from . import serving_load

            serving_load.run(part, films=FILMS, history=HISTORY, seconds=chosen.seconds)


def _set_up_django() -> None:
    """Settings without servers: nothing here asks the database."""
    for name, value in {
        "SECRET_KEY": "only-for-benchmarks",
        "DATABASE_URL": "postgres://nobody@localhost/none",
        "REDIS_URL": "redis://localhost",
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "LOG_LEVEL": "ERROR",
    }.items():
        os.environ.setdefault(name, value)
    import django

    django.setup()


def scoring() -> None:
    from . import synthetic

    times = measured(synthetic.live_state(FILMS), FILMS, repeats=300)
    print(f"{FILMS:,} films, history of {HISTORY}, {synthetic.FACTORS} factors, ms")
    print("| part | processor p50 | p50 | p99 |\n| --- | --- | --- | --- |")
    for name, one in times.items():
        cpu, wall = np.array(one).T
        p50, p99 = np.percentile(wall, [50, 99])
        print(f"| {name} | {np.median(cpu):.2f} | {p50:.2f} | {p99:.2f} |")


def growth() -> None:
    from . import serving_growth, synthetic

    both: dict[int, float] = {}
    exact: dict[int, float] = {}
    index: dict[int, float] = {}
    print("| films | both lists, ms | best by stars, exact | by an index | recall | films scored |")
    print("| --- | --- | --- | --- | --- | --- |")
    for films in SIZES:
        times = measured(synthetic.live_state(films), films, repeats=60)
        both[films] = float(np.median(np.array(times["scoring and ranking"])[:, 0]))
        exact[films], index[films], recall, share = serving_growth.index_times(
            films, synthetic.FACTORS
        )
        print(
            f"| {films:,} | {both[films]:.2f} | {exact[films]:.2f} | {index[films]:.2f} "
            f"| {recall:.2f} | {share:.0%} |",
            flush=True,
        )
    _report_growth(both, exact, index)


def _report_growth(
    both: dict[int, float], exact: dict[int, float], index: dict[int, float]
) -> None:
    from . import serving_growth

    marks = {}
    if (films := serving_growth.crossing(exact, index)) is not None:
        marks["an index is faster"] = films
    if (films := serving_growth.crossing(both, serving_growth.BUDGET)) is not None:
        marks[f"{serving_growth.BUDGET:g} ms"] = films
    for text, films in marks.items():
        print(f"{text} from {films:,.0f} films on")
    series = {
        "both lists, as served": both,
        "best 200 by stars, exact": exact,
        "best 200 by stars, index": index,
    }
    serving_growth.FIGURE.parent.mkdir(exist_ok=True)
    title = "Scoring for one user: processor time against the size of the catalog"
    serving_growth.FIGURE.write_text(serving_growth.figure(title, series, marks), encoding="utf-8")
    print(f"drawn in {serving_growth.FIGURE.relative_to(serving_growth.FIGURE.parents[2])}")


def measured(live: Any, films: int, *, repeats: int) -> dict[str, list[tuple[float, float]]]:
    """Processor and wall milliseconds of each part of as many requests, each of another user."""
    from recommender.data.histories import History
    from recommender.serving.explanations import reasons
    from recommender.serving.recommender import Recommender

    from . import synthetic

    random = np.random.default_rng(5)
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def timed(name: str, part: Callable[[], Any]) -> Any:
        cpu, wall = time.process_time(), time.perf_counter()
        made = part()
        spent = time.process_time() - cpu, time.perf_counter() - wall
        times[name].append((spent[0] * 1000, spent[1] * 1000))
        return made

    for _ in range(repeats + 5):
        movie_ids = random.choice(synthetic.HISTORY_FILMS, HISTORY, replace=False) + 1
        stars = (random.integers(1, 11, HISTORY) / 2).astype(np.float32)
        person = Recommender(History(movie_ids=movie_ids, stars=stars), live=live)
        timed("fold-in", lambda: person.scores.folded)  # noqa: B023
        timed("stars of all films", lambda: person.scores.stars)  # noqa: B023
        timed("sequence scores of all films", lambda: person.scores.log_chances)  # noqa: B023
        timed("filters and seen films", lambda: person.allowed)  # noqa: B023
        picks = timed("ranking top picks", lambda: person.top_picks(20))  # noqa: B023
        next_ = timed("ranking watch next", lambda: person.watch_next(20))  # noqa: B023
        scoring = [one[-1] for name, one in times.items() if name in SCORING]
        times["scoring and ranking"].append(tuple(np.sum(scoring, axis=0)))
        timed("explaining 20 top picks", lambda: reasons(person.scores, picks))  # noqa: B023
        timed("explaining 20 watch next", lambda: reasons(person.scores, next_))  # noqa: B023
    return {name: one[5:] for name, one in times.items()}


if __name__ == "__main__":
    main()
