"""How to rank top picks: the weight of each model, judged on ratings that none trained on.

DATABASE_URL=… REDIS_URL=… SECRET_KEY=… MATINEE_VAR=… python -m tests.benchmarks.bench_blend

Asks a site that has live versions of both kinds. Each user's held-out ratings (see
recommender.gate.holdout) of four stars and more are to be found among all films that the user has
not rated. NDCG@20 over users, hits among the best 50 and the mean stars of those hits, for users
with odd keys, on which the weights are chosen, and with even keys, on which they are confirmed.
"""

from collections import defaultdict

import numpy as np

from .held_out_people import Question, questions

CAUTION = (0.0, 2.0, 4.0, 5.0, 6.0, 8.0)
WEIGHT = (0.0, 0.8, 3.0, 4.0, 5.0, 7.0, 10.0, 1e6)

Answers = dict[tuple[float, float, int], list[tuple[float, int, float]]]


def main() -> None:
    found: Answers = defaultdict(list)
    for question in questions():
        ask(question, found)
    print("| weight | caution | users | NDCG@20 | hits@50 | their mean stars |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (weight, caution, odd), answers in sorted(found.items()):
        ndcg, hits, stars = np.array(answers).T
        mean = stars.sum() / max(1, hits.sum())
        users = f"{len(answers)} {'odd' if odd else 'even'}"
        row = f"{ndcg.mean():.4f} | {hits.sum():.0f} | {mean:.2f}"
        print(f"| {weight} | {caution} | {users} | {row} |")


def ask(question: Question, found: Answers) -> None:
    from recommender.serving.ranking import best_rows
    from recommender.serving.recommender import CANDIDATES

    person = question.person
    for weight in WEIGHT:
        scores = person.scores.stars + np.float32(weight) * person.scores.next_standing
        pool, best = best_rows(np.where(person.allowed, scores, -np.inf), CANDIDATES)
        uncertainty = person.scores.uncertainty(pool)
        for caution in CAUTION:
            order = pool[np.argsort(caution * uncertainty - best, kind="stable")]
            hits = np.isin(question.rows, order[:50])
            found[weight, caution, question.user_id % 2].append(
                (question.ndcg(order), hits.sum(), question.stars[hits].sum())
            )


if __name__ == "__main__":
    main()
