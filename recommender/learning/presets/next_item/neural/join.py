"""Lets a transformer join the counted members, where it wins on users that neither has met."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from recommender.learning.arrays import Array
from recommender.learning.engine.devices import choose_device
from recommender.learning.hashing import murmurhash3
from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.export import Learned, checkpoint_arrays
from recommender.learning.presets.next_item.neural.blend import draw_up, fit_blend, helps
from recommender.learning.presets.next_item.neural.fit import Keep, Problem, train_reader
from recommender.learning.presets.next_item.neural.member import NeuralMember, is_neural
from recommender.learning.presets.next_item.neural.recipe import Recipe, recipe_for
from recommender.learning.presets.next_item.neural.together import train_together
from recommender.learning.presets.next_item.neural.windows import Histories
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.progress import ProgressCallback
from recommender.learning.validation import check_positive

Without = Callable[[Array], SequenceScorer]
"""Makes a scorer of the counted members without the interactions that a mask holds out."""

EPOCH, SEED = "neural_epoch", "neural_seed"
_SHARE = 0.05
_FEWEST, _MOST = 300, 2400
_QUESTIONS = 14_400  # a minute's work; users tell more than many questions of each
_FEWEST_OF_USER, _MOST_OF_USER = 6, 48


class Reading:
    """The transformer's part of a fit: whether, how and where it learns, and how far it is.

    Parameters
    ----------
    interactions_from: int, optional
        It stays out below so many interactions; always, where None.
    recipe: Recipe, optional
        That of the device when not given.
    device: str
    processes: int
        So many learn together, started by ``torchrun``.
    """

    def __init__(
        self, interactions_from: int | None, recipe: Recipe | None, device: str, processes: int
    ) -> None:
        check_positive("processes", processes)
        self._from = interactions_from
        self._device = choose_device(device)
        self._recipe = recipe or recipe_for(self._device.type)
        self._processes = processes
        self._unfinished: dict[str, Array] | None = None

    def arrays(
        self,
        data: Interactions,
        learned: Learned,
        without: Without,
        repeats: bool,
        random_state: np.random.RandomState,
        progress: ProgressCallback | None = None,
        earlier: Mapping[str, Array] | None = None,
    ) -> dict[str, Array]:
        """The arrays of a `NeuralMember`; none where it adds nothing to the counted members.

        ``data`` is in the order of users and times, ``learned`` is what is known of the counted
        members. Some users are held out of the transformer, and of the members that ``without``
        them make a scorer: they say when to stop, how much each counts, and whether the blend is
        the better one. Of the arrays of an ``earlier`` fit those of its transformer are kept as
        they are; a checkpoint is continued.
        """
        start = None
        if earlier is not None:
            start = {name: np.array(one) for name, one in earlier.items() if is_neural(name)}
            if EPOCH not in start:
                return start
        if self._from is None or len(data) < self._from:
            return {}
        # Of a checkpoint: who was held out must not be among those that it has learned from.
        seed = int(start[SEED][0]) if start else int(random_state.randint(2**31))
        is_apart = _held_out(data, seed)
        met = np.bincount(data.item_ids[~is_apart], minlength=data.num_items) > 0
        histories = Histories.of(data.user_ids, data.item_ids)
        rows = is_apart[histories.starts]
        train, judged = histories.take(~rows), histories.take(rows)
        known = {**checkpoint_arrays(learned), SEED: np.array([seed])}

        def keep(epoch: int, arrays: dict[str, Array]) -> None:
            self._unfinished = {**known, **arrays, EPOCH: np.array([epoch])}

        problem = Problem(train, judged, data.num_items, self._recipe, self._device.type, start)
        try:
            arrays = self._read(problem, random_state, progress, keep)
        finally:
            self._unfinished = None
        arrays["item_neural_met"] = met.astype(np.int8)
        arrays["neural_blend"] = np.array([1.0, 0.0, 0.0])
        users, asked, targets = ask_apart(data, is_apart, met, seed)
        member = NeuralMember(arrays)
        counted = without(is_apart)
        lists = draw_up(counted.log_chances, member.log_chances, users, asked, targets, repeats)
        if not helps(lists):
            return {}
        blend = fit_blend(lists)
        return {**arrays, "neural_blend": np.array([blend.counted, blend.start, blend.slope])}

    def checkpoint(self) -> dict[str, Array] | None:
        """What is learned so far, counted members' weights too, while the transformer learns."""
        return self._unfinished

    def _read(
        self,
        problem: Problem,
        random_state: np.random.RandomState,
        progress: ProgressCallback | None,
        keep: Keep,
    ) -> dict[str, Array]:
        if self._processes == 1:
            return train_reader(problem, random_state, progress, keep).arrays
        return train_together(problem, self._processes, random_state, progress, keep)


def _held_out(data: Interactions, seed: int) -> Array:
    """Which interactions are of users that are held out."""
    users = np.unique(data.user_ids)
    wanted = min(max(int(_SHARE * len(users)), _FEWEST), _MOST, len(users) // 5)
    chosen = users[np.argsort(murmurhash3(users, seed), kind="stable")[:wanted]]
    is_chosen = np.zeros(data.num_users, bool)
    is_chosen[chosen] = True
    return is_chosen[data.user_ids]


def ask_apart(
    data: Interactions, is_apart: Array, met: Array, seed: int
) -> tuple[Array, list[Array], Array]:
    """Of each user held out the newest item, and some others, each with what came before it.

    What was not met in training is no part of either. There are about as many questions of few
    users as of many.
    """
    kept = is_apart & met[data.item_ids]
    users, items = data.user_ids[kept], data.item_ids[kept]
    starts = np.searchsorted(users, users)
    newest = np.append(np.diff(users) > 0, True)
    drawn = murmurhash3(np.arange(len(users)), seed).astype(np.int64)
    luck = np.where(newest, -1, drawn)
    order = np.lexsort((luck, users))
    wanted = _QUESTIONS // max(1, int(np.count_nonzero(newest)))
    wanted = min(max(wanted, _FEWEST_OF_USER), _MOST_OF_USER)
    chosen = np.sort(order[(np.arange(len(users)) - starts) < wanted])
    chosen = chosen[chosen > starts[chosen]]
    return users[chosen], [items[starts[row] : row] for row in chosen], items[chosen]
