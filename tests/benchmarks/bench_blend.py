"""How to rank top picks: the weight of each model, judged on ratings that none trained on.

DATABASE_URL=… REDIS_URL=… SECRET_KEY=… MATINEE_VAR=… python -m tests.benchmarks.bench_blend

Asks a site that has live versions of both kinds. Each user's held-out ratings (see
recommender.holdout) of four stars and more are to be found among all films that the user has not
rated. NDCG@20 over users, hits among the best 50 and the mean stars of those hits, for users with
odd keys, on which the weights are chosen, and with even keys, on which they are confirmed.
"""

import os
from collections import defaultdict
from typing import Any

import django
import numpy as np
from numpy.typing import NDArray

CAUTION = (0.0, 0.5, 1.0, 2.0)
WEIGHT = (0.0, 0.1, 0.3, 0.5, 0.8, 1.5)
LIKED = 4.0
FEWEST = 5


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from recommender.holdout import held_out
    from recommender.models import ModelVersion
    from recommender.snapshot import take_snapshot

    live = [ModelVersion.objects.live(kind) for kind in ("factorization", "sequence")]
    if None in live:
        raise SystemExit("this needs a live version of both kinds: manage.py train --wait")
    percent = min(version.settings["holdout_percent"] for version in live if version)
    ratings = take_snapshot()
    hidden = held_out(ratings.user_ids, ratings.movie_ids, percent)
    found: dict[tuple[float, float, int], list[tuple[float, int, float]]] = defaultdict(list)
    for user in np.unique(ratings.user_ids[hidden]):
        of_user = ratings.user_ids == user
        ask(ratings, of_user & ~hidden, of_user & hidden, int(user) % 2, found)
    print("| weight | caution | users | NDCG@20 | hits@50 | their mean stars |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (weight, caution, odd), answers in sorted(found.items()):
        ndcg, hits, stars = np.array(answers).T
        mean = stars.sum() / max(1, hits.sum())
        users = f"{len(answers)} {'odd' if odd else 'even'}"
        row = f"{ndcg.mean():.4f} | {hits.sum():.0f} | {mean:.2f}"
        print(f"| {weight} | {caution} | {users} | {row} |")


def ask(
    ratings: Any, known: NDArray[np.bool_], hidden: NDArray[np.bool_], odd: int, found: dict
) -> None:
    from recommender.histories import History
    from recommender.serving import CANDIDATES, Recommender, best_rows, standardised

    movie_ids, stars = ratings.movie_ids, ratings.stars
    liked = movie_ids[hidden][stars[hidden] >= LIKED]
    if not len(liked) or known.sum() < FEWEST:
        return
    person = Recommender(History(movie_ids=movie_ids[known], stars=stars[known]))
    catalog = person.live.catalog
    rows, wanted = catalog.rows_of(movie_ids[hidden]), catalog.rows_of(liked)
    ideal = (1 / np.log2(np.arange(min(20, len(liked))) + 2)).sum()
    for weight in WEIGHT:
        scores = person.stars + np.float32(weight) * standardised(person.next_scores)
        pool, best = best_rows(np.where(person.allowed, scores, -np.inf), CANDIDATES)
        uncertainty = person.uncertainty(pool)
        for caution in CAUTION:
            order = pool[np.argsort(caution * uncertainty - best, kind="stable")]
            places = np.flatnonzero(np.isin(order[:20], wanted))
            hits = np.isin(rows, order[:50])
            ndcg = (1 / np.log2(places + 2)).sum() / ideal
            found[weight, caution, odd].append((ndcg, hits.sum(), stars[hidden][hits].sum()))


if __name__ == "__main__":
    main()
