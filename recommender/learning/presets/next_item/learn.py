"""How much each counted member of the blend counts, and a second look, from held-out questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.counted import Counted
from recommender.learning.presets.next_item.export import Learned, export_arrays
from recommender.learning.presets.next_item.held_out import FOLDS, HeldOut, held_out, times_of
from recommender.learning.presets.next_item.reranker_fit import train_reranker
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.next_item.shortlists import Shortlists, draw_up
from recommender.learning.presets.next_item.weights import (
    BlendWeights,
    Members,
    Questions,
    ask,
    fit_weights,
)

_WEIGHED_FOLDS = 2  # forty weights do not need all of them
_READY_ENTRIES = 6_000_000  # at 40 bytes each; parts beyond that are counted twice
STEPS = (_WEIGHED_FOLDS + 1) + 1 + (FOLDS + 1) + 1  # ask, weigh, list, rerank

Report = Callable[[str, float | None], None]


def learn(
    counted: Counted,
    data: Interactions,
    *,
    questions: int,
    shortlists: int,
    repeats: bool,
    random_state: np.random.RandomState,
    report: Report,
) -> Learned:
    """Weights from up to ``questions``, and a reranker from up to ``shortlists`` held-out ones.

    ``report`` is told each phase, STEPS times, and the loss where it is known. ``repeats`` says
    whether users meet items again.
    """

    seed = int(random_state.randint(2**31))  # both passes hold out the same parts
    ready: dict[int, Members] = {}

    def parts(number: int, folds: int) -> Iterator[tuple[Members, HeldOut]]:
        return _counted_ahead(counted, held_out(data, times_of(data), number, seed, folds), ready)

    weights = _weighed(parts(questions, _WEIGHED_FOLDS), ready, random_state, report)
    first = Learned(weights, {}, len(data))
    lists = Shortlists(room=min(shortlists, 2 * len(data)))
    for members, part in parts(shortlists, FOLDS):
        report("listing", weights.loss)
        scorer = _scorer(members, first, repeats)
        del members  # most of them is not asked again, and the next ones are coming
        draw_up(lists, scorer, part.users, part.histories, part.targets)
        del scorer
    report("reranking", weights.loss)
    return Learned(weights, train_reranker(lists, random_state), len(data))


def _scorer(members: Members, learned: Learned, repeats: bool) -> SequenceScorer:
    arrays, settings = export_arrays(members, learned, repeats)
    arrays["neighbour_values"] = arrays["neighbour_values"].astype(np.float32)
    return SequenceScorer(arrays, settings)


def _weighed(
    parts: Iterator[tuple[Members, HeldOut]],
    ready: dict[int, Members],
    random_state: np.random.RandomState,
    report: Report,
) -> BlendWeights:
    """The weights. Members are put into ``ready`` by the number of their part, while there is room
    for their entries."""
    asked: list[Questions] = []
    room = _READY_ENTRIES
    for members, part in parts:
        report("asking", None)
        asked.append(ask(members, part.histories, part.targets, random_state))
        room -= len(members.neighbours.ids)
        if room >= 0:
            ready[part.number] = members
        del members
    report("weighing", None)
    return fit_weights(asked)


def _counted_ahead(
    counted: Counted, parts: Iterator[HeldOut], ready: dict[int, Members]
) -> Iterator[tuple[Members, HeldOut]]:
    """What is held out in turn, and the members without it, which are taken from those ``ready``
    where they are there.

    While one is used the next is counted in another thread, which mostly needs no lock.
    """

    def members(part: HeldOut) -> Members:
        known = ready.pop(part.number, None)
        return counted.members(part.inside) if known is None else known

    made = ((members(part), part) for part in parts)
    with ThreadPoolExecutor(max_workers=1) as background:
        coming = background.submit(next, made, None)
        while (one := coming.result()) is not None:
            coming = background.submit(next, made, None)
            handed, one = [one], None
            yield handed.pop()  # what is not asked again must not be kept here
