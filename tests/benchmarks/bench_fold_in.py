"""How long it takes to place somebody who was not in training, and to score all films for them.

python -m tests.benchmarks.bench_fold_in

45,843 items, a history of 200, the default sizes; processor time in ms.
"""

import time
from collections.abc import Callable

import numpy as np

from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions

ITEMS, HISTORY, ROUNDS = 45_843, 200, 30


def main() -> None:
    random_state = np.random.RandomState(0)
    data = Interactions(
        random_state.randint(0, 1000, ITEMS),
        np.arange(ITEMS),
        ratings=random_state.uniform(1, 5, ITEMS).astype(np.float32),
    )
    chosen = random_state.permutation(ITEMS)[:HISTORY]
    stars = np.full(HISTORY, 4.0)
    explicit = ExplicitFactorizationModel(n_iter=1, random_state=0).fit(data)
    implicit = ImplicitFactorizationModel(n_iter=1, random_state=0).fit(data)
    als = ImplicitALSModel(n_iter=1, random_state=0).fit(data)
    print("| model | p50 ms | p99 ms |\n| --- | --- | --- |")
    report("explicit factorization", lambda: explicit.predict(explicit.fold_in(chosen, stars)))
    report("implicit factorization", lambda: implicit.predict(implicit.fold_in(chosen)))
    report("alternating least squares", lambda: als.predict(als.fold_in(chosen)))


def report(name: str, place: Callable[[], object]) -> None:
    place()
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        place()
        times.append((time.process_time() - started) * 1000)
    print(f"| {name} | {np.percentile(times, 50):.1f} | {np.percentile(times, 99):.1f} |")


if __name__ == "__main__":
    main()
