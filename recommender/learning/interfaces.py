"""What a model must do so that a site can train it, and a scorer so that a site can serve it.

A *model* learns in a worker, with whatever libraries it likes. What it exports, arrays and
settings, is all that a *scorer* is made of: it answers in web processes, with numpy alone. There
are two questions, and each has a protocol on either side: how many stars a user will give, and
which item a user will choose next. Numpy only.

Items are numbered from 1 to ``num_items`` - 1; item 0 is padding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.learning.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from recommender.learning.interactions import Interactions
    from recommender.learning.progress import ProgressCallback

Arrays = Mapping[str, NDArray[Any]]
Settings = Mapping[str, Any]
Export = tuple[dict[str, NDArray[Any]], dict[str, Any]]


class DivergedError(ValueError):
    """A fit went astray: its loss is no longer a finite number."""


# --- What is trained ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to fit, and in which portions.

    ``device`` is ``auto``, ``cpu`` or ``cuda``; ``batch_size`` None is the model's own. So many
    ``processes`` may fit it together, on CUDA each on a GPU of its own.
    """

    device: str = "auto"
    batch_size: int | None = None
    processes: int = 1


class Model(Protocol):
    """A model that can be trained, stored and continued from."""

    @property
    def batch_size(self) -> int | None:
        """Examples in a batch, which a trainer short of memory halves; None without batches."""

    def fit(
        self,
        interactions: Interactions,
        *,
        progress: ProgressCallback | None = None,
        warm_start: Arrays | None = None,
    ) -> Self:
        """Learn from the interactions, which have timestamps, and for models of stars ratings.

        ``progress`` is called now and then; what it raises ends the fit. ``warm_start`` has the
        arrays of an earlier export or checkpoint, those named ``item_...`` put on the items of
        now, with zeros for new ones; a model that does not continue ignores it. Raises
        `DivergedError` when the loss is no longer a finite number.
        """

    def checkpoint(self) -> Arrays | None:
        """The arrays so far, for a warm start: asked for inside the progress callback.

        None for a model that is quicker begun anew.
        """

    def export(self) -> Export:
        """What its scorer is made of, once fitted. Arrays with an axis of items, which must be
        the first, are named ``item_...``; ``item_movie_ids`` is the site's."""


class StarModel(Model, Protocol):
    """A model of stars: what will this user give this item?"""

    def predict(self, user_ids: IntArray, item_ids: IntArray) -> FloatArray:
        """Stars (n,) of pairs of a user that it was fitted on and an item."""


class NextItemModel(Model, Protocol):
    """A model of what comes next: which item will this user choose after these?"""

    def predict(self, sequences: IntArray) -> FloatArray:
        """Scores (n, num_items) after sequences (n, L), newest last, padded with 0 on the left."""


# --- What is served -------------------------------------------------------------------------------


class Scorer(Protocol):
    """What both kinds of scorer can do."""

    @property
    def num_items(self) -> int:
        """How many items it knows, the padding item included."""

    def similar(self, item_id: int, n: int) -> tuple[IntArray, FloatArray]:
        """The ``n`` items, or fewer, most like one, best first, with how like they are."""


class NextItemScorer(Scorer, Protocol):
    """Answers which item comes next. A history has the newest item last."""

    def scores(self, history: IntArray) -> FloatArray:
        """Scores (num_items,) of all items; the padding item has minus infinity."""

    def log_chances(self, history: IntArray) -> FloatArray:
        """The scores as logarithms of chances (num_items,), up to one constant for all items.

        What is added to predicted stars, so a unit has to mean the same for every history.
        """

    def explain_each(self, history: IntArray, item_ids: Sequence[int]) -> FloatArray:
        """What each item of the history adds to each score: (len(item_ids), len(history))."""


@dataclass(frozen=True, eq=False)
class FoldedUser:
    """A user's place in a model of stars, from that user's ratings: a Gaussian over K numbers.

    ``row`` (K,) is its mean and ``covariance`` (K, K); what the numbers are is the scorer's own
    affair. ``item_ids`` are those that were rated, and after them those that were only seen.
    """

    item_ids: IntArray
    row: NDArray[np.float64]
    covariance: NDArray[np.float64]
    contributions: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """Of ``row @ directions``, directions (K, m), which part each item brought: (n_history, m).

    What a user without a history has, and all of these, add up to it.
    """
    noise_precision: float = 1.0
    """How steady the user's ratings are: one over the variance of what no model foresees."""


class StarScorer(Scorer, Protocol):
    """Answers how many stars a user will give. ``user`` is what `fold_in` returned."""

    def fold_in(
        self, item_ids: ArrayLike, ratings: ArrayLike, seen_ids: ArrayLike = ()
    ) -> FoldedUser:
        """Place a user who gave ``ratings`` (n,), in stars, to ``item_ids`` (n,).

        ``seen_ids`` were chosen, too, without stars; one of ``item_ids`` is not counted again.
        """

    def predict(self, user: FoldedUser, item_ids: ArrayLike | None = None) -> FloatArray:
        """Stars between 0.5 and 5 of all items, or of ``item_ids`` (n,)."""

    def uncertainty(self, user: FoldedUser, item_ids: ArrayLike) -> FloatArray:
        """By how many stars (one standard deviation) each prediction may be wrong: (n,)."""

    def explain_each(self, user: FoldedUser, item_ids: ArrayLike) -> FloatArray:
        """What each item of the history adds to each score: (len(item_ids), n_history).

        In the order of ``user.item_ids``: those that were rated come first.
        """


@runtime_checkable
class ContentPlacer(Protocol):
    """A scorer of stars that can judge items which its model has not met, by what they are."""

    def place(self, count: int, items: IntArray, features: IntArray) -> PlacedScorer | None:
        """A scorer of ``count`` more items, numbered from 1.

        ``features[i]`` (n,) is a feature of item ``items[i]`` (n,), as a column of those that the
        model was fitted with. A user folded in here is asked about there. None where no content
        was learned.
        """


class PlacedScorer(StarScorer, Protocol):
    """A scorer of items that are known by their content alone."""

    @property
    def embeddings(self) -> FloatArray:
        """(num_items, d): near each other, and near those of the items met, where alike."""


@runtime_checkable
class ContentForecast(Protocol):
    """A next-item scorer that foresees how often items will be chosen that nobody has met."""

    def log_shares(self, count: int, items: IntArray, features: IntArray) -> FloatArray | None:
        """Log of the share of all interactions that each of ``count`` items will have: (count,).

        Items and features as in :meth:`ContentPlacer.place`; None where no content was learned.
        """
