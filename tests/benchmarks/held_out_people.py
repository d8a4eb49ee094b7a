"""The users of a site with live models, and the ratings of theirs that no model trained on."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django
import numpy as np
from numpy.typing import NDArray

LIKED = 4.0
FEWEST = 5


@dataclass(frozen=True, eq=False)
class Question:
    """What the models know of one user, and what is to be found.

    ``rows`` (n,) are the held-out films with their ``stars`` (n,), ``wanted`` those of four stars
    and more, all in rows of the catalog arrays.
    """

    user_id: int
    person: Any
    rows: NDArray[np.int64]
    stars: NDArray[np.float32]
    wanted: NDArray[np.int64]

    def ndcg(self, ranked: NDArray[np.int64], n: int = 20) -> float:
        """NDCG@n of ranked rows."""
        places = np.flatnonzero(np.isin(ranked[:n], self.wanted))
        ideal = (1 / np.log2(np.arange(min(n, len(self.wanted))) + 2)).sum()
        return float((1 / np.log2(places + 2)).sum() / ideal)


def questions() -> Iterator[Question]:
    """One for each user with enough ratings and something liked among the held-out ones.

    Of the site that the environment names (DATABASE_URL and so on). Exits when it has no live
    version of both kinds.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from recommender.data.histories import History
    from recommender.data.snapshot import take_snapshot
    from recommender.gate.holdout import held_out
    from recommender.models import ModelVersion
    from recommender.serving.recommender import Recommender

    live = [ModelVersion.objects.live(kind) for kind in ("factorization", "sequence")]
    if None in live:
        raise SystemExit("this needs a live version of both kinds: manage.py train --wait")
    percent = min(version.settings["holdout_percent"] for version in live if version)
    ratings = take_snapshot()
    movie_ids, stars = ratings.movie_ids, ratings.stars
    hidden = held_out(ratings.user_ids, movie_ids, percent)
    for user in np.unique(ratings.user_ids[hidden]):
        of_user = ratings.user_ids == user
        known, asked = of_user & ~hidden, of_user & hidden
        liked = movie_ids[asked][stars[asked] >= LIKED]
        if not len(liked) or known.sum() < FEWEST:
            continue
        person = Recommender(History(movie_ids=movie_ids[known], stars=stars[known]))
        rows_of = person.live.catalog.rows_of
        yield Question(int(user), person, rows_of(movie_ids[asked]), stars[asked], rows_of(liked))
