"""How to rank top picks: the weight of each model, judged on ratings that none trained on.

DATABASE_URL=… REDIS_URL=… SECRET_KEY=… MATINEE_VAR=… python -m tests.benchmarks.bench_blend

Asks a site that has live versions of both kinds. Each user's held-out ratings (see
recommender.gate.holdout) of four stars and more are to be found among all films that the user has
not rated. NDCG@20 over users, hits among the best 50 and the mean stars of those hits, for users
with odd keys, on which the weights are chosen, and with even keys, on which they are confirmed. A
last table is of top picks as they are served: with the mix of the live versions, what is rated
lately, and variety.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from .held_out_people import Question, questions

LISTED = 50
CAUTION = (0.0, 1.0, 2.0, 3.0, 5.0)
WEIGHT = (0.0, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3)

Answer = tuple[float, int, float]
Answers = dict[tuple[float, float, int], list[Answer]]


def main() -> None:
    found: Answers = defaultdict(list)
    served: dict[int, list[Answer]] = defaultdict(list)
    for question in questions():
        ask(question, found)
        picks = question.person.top_picks(LISTED)
        served[question.user_id % 2].append(answer(question, picks.rows))
    print("| weight | caution | users | NDCG@20 | hits@50 | their mean stars |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (weight, caution, odd), answers in sorted(found.items()):
        print(f"| {weight} | {caution} | {_words(answers, odd)} |")
    print("\n| as served: users | NDCG@20 | hits@50 | their mean stars |")
    print("| --- | --- | --- | --- |")
    for odd, answers in sorted(served.items()):
        print(f"| {_words(answers, odd)} |")


def _words(answers: list[Answer], odd: int) -> str:
    ndcg, hits, stars = np.array(answers).T
    users = f"{len(answers)} {'odd' if odd else 'even'}"
    mean = stars.sum() / max(1, hits.sum())
    return f"{users} | {ndcg.mean():.4f} | {hits.sum():.0f} | {mean:.2f}"


def answer(question: Question, order: NDArray[np.int64]) -> Answer:
    """NDCG@20 of ranked rows, hits among fifty, the sum of their stars."""
    hits = np.isin(question.rows, order[:LISTED])
    return question.ndcg(order), int(hits.sum()), float(question.stars[hits].sum())


def ask(question: Question, found: Answers) -> None:
    from recommender.serving.ranking import best_rows
    from recommender.serving.recommender import CANDIDATES

    person = question.person
    for weight in WEIGHT:
        scores = person.scores.stars + np.float32(weight) * person.scores.log_chances
        pool, best = best_rows(np.where(person.allowed, scores, -np.inf), CANDIDATES)
        uncertainty = person.scores.uncertainty(pool)
        for caution in CAUTION:
            order = pool[np.argsort(caution * uncertainty - best, kind="stable")]
            found[weight, caution, question.user_id % 2].append(answer(question, order))


if __name__ == "__main__":
    main()
