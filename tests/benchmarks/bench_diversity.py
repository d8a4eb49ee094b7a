"""Marginal relevance or a determinantal point process: what variety costs with either.

DATABASE_URL=… REDIS_URL=… SECRET_KEY=… MATINEE_VAR=… python -m tests.benchmarks.bench_diversity

Re-ranks the 200 best top picks of each user of a site with live models (see held_out_people), with
the films' vectors and at several strengths. Prints the mean distance (one less the cosine) between
the 20 films of a list, and NDCG@20: the better way has more of both.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .held_out_people import Question, questions

SHOWN = 20
MARGINAL = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
DETERMINANTAL = (0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)

Floats = NDArray[np.float32]
Rerank = Callable[[Floats, Floats, int, float], NDArray[np.int64]]


def main() -> None:
    found: dict[tuple[str, float], list[tuple[float, float]]] = defaultdict(list)
    for question in questions():
        ask(question, found)
    print("| re-ranked by | strength | users | mean distance | NDCG@20 |")
    print("| --- | --- | --- | --- | --- |")
    for (name, strength), answers in found.items():
        distance, ndcg = np.mean(answers, axis=0)
        print(f"| {name} | {strength} | {len(answers)} | {distance:.3f} | {ndcg:.4f} |")


def ask(question: Question, found: dict[tuple[str, float], list[tuple[float, float]]]) -> None:
    from recommender.serving.diversity import rerank_by_dpp, rerank_by_mmr
    from recommender.serving.recommender import CANDIDATES

    ranking = question.person.top_picks(CANDIDATES)
    vectors = question.person.scores.vectors(ranking.rows)
    ways: list[tuple[str, Rerank, tuple[float, ...]]] = [
        ("marginal relevance", rerank_by_mmr, MARGINAL),
        ("determinantal", rerank_by_dpp, DETERMINANTAL),
    ]
    for name, rerank, strengths in ways:
        for strength in strengths:
            places = rerank(ranking.scores, vectors, SHOWN, strength)
            alike = vectors[places] @ vectors[places].T
            pairs = len(places) * (len(places) - 1)
            distance = 1 - float(alike.sum() - np.trace(alike)) / max(1, pairs)
            found[name, strength].append((distance, question.ndcg(ranking.rows[places])))


if __name__ == "__main__":
    main()
