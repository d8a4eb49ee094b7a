"""Where liked films stand on the page that two versions make together."""

from collections.abc import Sequence

import numpy as np

from recommender.gate.page import Page, choose_liked, page_ranks
from recommender.versions.load import LoadedVersion
from tests.recommender.gate.ratings import snapshot_of

FILMS = np.array([0, 10, 20, 30, 40, 50])


class Stars:
    """Says the same of everybody; the films after the first are ever less certain."""

    def __init__(self, stars: Sequence[float], uncertain: float = 0.0) -> None:
        self._stars = np.array(stars, np.float32)
        self._uncertain = np.float32(uncertain) * np.arange(len(stars), dtype=np.float32)

    def fold_in(self, items: np.ndarray, stars: np.ndarray) -> np.ndarray:
        self.rated = dict(zip(items.tolist(), stars.tolist(), strict=True))
        return items

    def predict(self, user: np.ndarray, items: np.ndarray) -> np.ndarray:
        return self._stars[items]

    def uncertainty(self, user: np.ndarray, items: np.ndarray) -> np.ndarray:
        return self._uncertain[items]


class Following:
    def __init__(self, scores: Sequence[float]) -> None:
        self._scores = np.array(scores, np.float32)

    def log_chances(self, history: np.ndarray) -> np.ndarray:
        self.history = history.tolist()
        return self._scores


def version(scorer: Stars | Following, movie_ids: np.ndarray = FILMS) -> LoadedVersion:
    return LoadedVersion(
        kind="factorization" if isinstance(scorer, Stars) else "sequence",
        pk=1,
        trained_at=None,
        watermark=None,
        scorer=scorer,
        movie_ids=movie_ids,
        item_vectors=None,
    )


NOTHING, SOMETHING = np.zeros(0, np.int64), np.zeros(0, np.float32)
EVEN = [0.0] * 6


def test_both_models_and_the_doubt_decide() -> None:
    wanted = np.array([30])
    by_stars = Page.of(version(Stars([0, 5, 4, 3, 2, 1])), version(Following(EVEN)))
    assert by_stars.ranks(NOTHING, SOMETHING, wanted).tolist() == [3]
    ahead = Following([0, 0, 0, 30, 0, 0])
    by_both = Page.of(version(Stars([0, 5, 4, 3, 2, 1])), version(ahead))
    assert by_both.ranks(NOTHING, SOMETHING, wanted).tolist() == [1]
    by_doubt = Page.of(version(Stars([3] * 6, uncertain=0.1)), version(Following(EVEN)))
    assert by_doubt.ranks(NOTHING, SOMETHING, wanted).tolist() == [3]


def test_what_was_rated_or_is_wanted_too_is_in_nobodys_way() -> None:
    stars, following = Stars([0, 5, 4, 3, 2, 1]), Following(EVEN)
    page = Page.of(version(stars), version(following))
    found = page.ranks(np.array([10]), np.array([4.5], np.float32), np.array([20, 40]))
    assert found.tolist() == [1, 2]
    assert stars.rated == {1: 4.5}
    assert following.history == [1]


def test_films_that_only_one_version_knows_are_left_out() -> None:
    fewer = np.array([0, 20, 30, 40])
    page = Page.of(version(Stars([0, 5, 4, 3, 2, 1])), version(Following([0, 0, 0, 50]), fewer))
    history = np.array([10, 20]), np.array([5, 5], np.float32)
    assert page.ranks(*history, np.array([30])).tolist() == [2]
    assert page.following.scorer.history == [1]


def test_ties_count_half_and_no_number_is_no_rank() -> None:
    page = Page.of(version(Stars([3] * 6)), version(Following(EVEN)))
    assert page.ranks(NOTHING, SOMETHING, np.array([30])).tolist() == [3]
    broken = Page.of(version(Stars([3, 3, np.nan, 3, 3, 3])), version(Following(EVEN)))
    assert np.isnan(broken.ranks(NOTHING, SOMETHING, np.array([20]))).all()


def test_liked_is_what_is_at_or_above_the_own_mean_of_what_is_known() -> None:
    snapshot = snapshot_of({1: [(10, 2), (20, 2), (30, 2), (40, 2), (50, 2), (60, 2), (70, 1.5)]})
    hidden = np.array([False] * 5 + [True, True])
    rows = np.flatnonzero(hidden)
    assert snapshot.movie_ids[choose_liked(snapshot, rows, hidden)].tolist() == [60]
    few = snapshot_of({1: [(10, 2), (20, 2), (60, 5)]})
    assert not len(choose_liked(few, np.array([2]), np.array([False, False, True])))


def test_nobody_is_told_what_is_hidden() -> None:
    snapshot = snapshot_of({1: [(10, 4), (20, 4), (30, 4)], 2: [(20, 5), (40, 5)]})
    hidden = np.array([False, True, False, True, True])
    stars = Stars([0, 5, 4, 3, 2, 1])
    done: list[int] = []
    page = Page.of(version(stars), version(Following(EVEN)))
    found = page_ranks(snapshot, np.array([1, 4]), hidden, page, done.append)
    assert found.tolist() == [1, 4]
    assert stars.rated == {}
    assert done == [1, 2]
