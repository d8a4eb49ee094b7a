"""Lets a transformer join the counted members, where it wins on users that neither has met."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch

from recommender.learning.arrays import Array
from recommender.learning.hashing import murmurhash3
from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.neural.blend import draw_up, fit_blend, helps
from recommender.learning.presets.next_item.neural.fit import train_reader
from recommender.learning.presets.next_item.neural.member import PREFIXES, NeuralMember
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.windows import Histories
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.progress import ProgressCallback

_SHARE = 0.05
_FEWEST, _MOST = 300, 1000
_QUESTIONS_OF_USER = 8


def learned_arrays(
    data: Interactions,
    counted_without: Callable[[Array], SequenceScorer],
    repeats: bool,
    recipe: Recipe,
    device: torch.device,
    random_state: np.random.RandomState,
    progress: ProgressCallback | None = None,
) -> dict[str, Array]:
    """The arrays of a `NeuralMember`; none where it adds nothing to the counted members.

    ``data`` is in the order of users and times. Some users are held out of both, of the
    transformer and of the members that ``counted_without`` them make a scorer: they say when to
    stop, how much each counts, and whether the blend is the better one.
    """
    seed = int(random_state.randint(2**31))
    is_apart = _held_out(data, seed)
    met = np.bincount(data.item_ids[~is_apart], minlength=data.num_items) > 0
    histories = Histories.of(data.user_ids, data.item_ids)
    rows = is_apart[histories.starts]
    learned = train_reader(
        histories.take(~rows),
        histories.take(rows),
        data.num_items,
        recipe,
        device,
        random_state,
        progress,
    )
    arrays = {
        **learned.arrays,
        "item_neural_met": met.astype(np.int8),
        "neural_blend": np.array([1.0, 0.0, 0.0]),
    }
    users, asked, targets = _questions(data, is_apart, met, seed)
    member = NeuralMember(arrays)
    counted = counted_without(is_apart)
    lists = draw_up(counted.log_chances, member.log_chances, users, asked, targets, repeats)
    if not helps(lists):
        return {}
    blend = fit_blend(lists)
    return {**arrays, "neural_blend": np.array([blend.counted, blend.start, blend.slope])}


def kept_arrays(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Those of a `NeuralMember` among the arrays of an earlier fit, which learns nothing new."""
    return {name: np.array(one) for name, one in arrays.items() if name.startswith(PREFIXES)}


def _held_out(data: Interactions, seed: int) -> Array:
    """Which interactions are of users that are held out."""
    users = np.unique(data.user_ids)
    wanted = min(max(int(_SHARE * len(users)), _FEWEST), _MOST, len(users) // 5)
    chosen = users[np.argsort(murmurhash3(users, seed), kind="stable")[:wanted]]
    is_chosen = np.zeros(data.num_users, bool)
    is_chosen[chosen] = True
    return is_chosen[data.user_ids]


def _questions(
    data: Interactions, is_apart: Array, met: Array, seed: int
) -> tuple[Array, list[Array], Array]:
    """Of each user held out the newest item, and some others, each with what came before it.

    What was not met in training is no part of either.
    """
    kept = is_apart & met[data.item_ids]
    users, items = data.user_ids[kept], data.item_ids[kept]
    starts = np.searchsorted(users, users)
    newest = np.append(np.diff(users) > 0, True)
    luck = np.where(
        newest, -1, murmurhash3(np.arange(len(users)), seed).astype(np.int64) & 2**31 - 1
    )
    order = np.lexsort((luck, users))
    chosen = np.sort(order[(np.arange(len(users)) - starts) < _QUESTIONS_OF_USER])
    chosen = chosen[chosen > starts[chosen]]
    return users[chosen], [items[starts[row] : row] for row in chosen], items[chosen]
