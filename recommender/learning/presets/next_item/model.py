"""The next item from a blend of counted members whose weights are fitted on held-out questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from recommender.learning.arrays import Array, FloatArray, IntArray
from recommender.learning.artifact import StrPath
from recommender.learning.description import Described
from recommender.learning.engine.persistence import fingerprint, open_model, save_model
from recommender.learning.interactions import PADDING_ITEM, Interactions
from recommender.learning.presets.next_item.content import content_popularity
from recommender.learning.presets.next_item.counted import Counted
from recommender.learning.presets.next_item.export import export_arrays, has_repeats, learned_before
from recommender.learning.presets.next_item.held_out import times_of
from recommender.learning.presets.next_item.learn import STEPS, learn
from recommender.learning.presets.next_item.neural.join import Reading
from recommender.learning.presets.next_item.neural.recipe import FROM, Recipe
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.next_item.strongest import Limits
from recommender.learning.progress import Progress, ProgressCallback
from recommender.learning.ranking import Exclusion, recommended
from recommender.learning.validation import (
    SeedLike,
    as_ids,
    as_random_state,
    check_ids,
    check_positive,
)

_MAX_ROW = 1000


class SequenceBlendModel(Described):
    """Neighbours in histories, a linear autoencoder, and what items have in common, as one score.

    The score of an item as the next one is ``sharpness x log(evidence + floor) + affinity +
    traits``: *evidence* and *affinity* are sums over the newest items of the history, each with
    its own recency decay, of the values described in
    :mod:`~recommender.learning.presets.next_item.neighbours`; *traits* are those of
    :mod:`~recommender.learning.presets.next_item.traits`. All weights are fitted as one
    conditional logit: folds of users, and the newest interactions, are held out in turn, the
    members are counted from the others, and questions are asked of the part held out. In the
    same way a :mod:`~recommender.learning.presets.next_item.reranker` learns to look at the
    best a second time. Then the members are counted again from everything.

    Parameters
    ----------
    max_entries: int
        How many pairs of items are kept at most; an entry takes 16 bytes of the artifact.
    questions: int
        How many held-out questions the weights are fitted on, at most.
    shortlists: int
        How many held-out questions the reranker is learned from, at most; those whose answer the
        first score does not put among the best are passed over.
    ridge: float
        The regularisation of the linear autoencoder.
    random_state: int or RandomState, optional
        The same seed and data give the same model on a CPU.
    transformer_from: int, optional
        From so many interactions on a transformer learns from the histories too, and joins where
        the blend ranks better for users held out; never, where None.
    recipe: Recipe, optional
        How the transformer is made; that of the device when not given.
    device: 'auto', 'cpu' or 'cuda'
        Where the transformer learns; the rest is counted on the CPU.
    processes: int
        So many processes learn the transformer together, each on a GPU of its own where it learns
        on GPUs.
    """

    batch_size = None  # it counts, and the networks that it trains are small

    def __init__(
        self,
        *,
        max_entries: int = 8_000_000,
        questions: int = 2000,
        shortlists: int = 36_000,
        ridge: float = 200.0,
        random_state: SeedLike = None,
        transformer_from: int | None = FROM,
        recipe: Recipe | None = None,
        device: str = "auto",
        processes: int = 1,
    ) -> None:
        check_positive("max_entries", max_entries)
        check_positive("questions", questions)
        check_positive("shortlists", shortlists)
        check_positive("ridge", ridge)
        self._max_entries = max_entries
        self._questions = questions
        self._shortlists = shortlists
        self._ridge = ridge
        self._random_state = as_random_state(random_state)
        self._transformer_from = transformer_from
        self._reading = Reading(transformer_from, recipe, device, processes)
        self._exported: tuple[dict[str, Array], dict[str, Any]] | None = None
        self._scorer: SequenceScorer | None = None
        self._data_fingerprint: str | None = None

    def fit(
        self,
        interactions: Interactions,
        *,
        progress: ProgressCallback | None = None,
        warm_start: Mapping[str, Array] | None = None,
    ) -> Self:
        """Learn from interactions with timestamps; ``ratings`` and ``weights`` are not looked at.

        Their ``item_features``, where they have some, say how often an item will be chosen that
        nobody has met.

        ``warm_start``, the arrays of an earlier export, saves most of the time: its weights and
        its reranker are kept, and only the members are counted anew; unless there are more than
        twice as many interactions as those were learned from. Raises ``ValueError`` when there
        are no interactions, no timestamps, or item 0 is an item.
        """
        if not len(interactions):
            raise ValueError("interactions must not be empty, got 0")
        interactions.check()
        if (interactions.item_ids == PADDING_ITEM).any():
            raise ValueError(f"item_ids must not contain {PADDING_ITEM}, the padding item")
        data = _in_order(interactions)
        learned = learned_before(warm_start, data) if warm_start else None
        kept_from = warm_start if learned else None
        report = _Steps(progress, 1 if learned else 1 + STEPS + 1)
        report("counting")
        repeats = has_repeats(data)
        counted = Counted(data, Limits(self._max_entries, _MAX_ROW), self._ridge)
        if learned is None:
            learned = learn(
                counted,
                data,
                questions=self._questions,
                shortlists=self._shortlists,
                repeats=repeats,
                random_state=self._random_state,
                report=report,
            )
            report("counting", learned.weights.loss)

        def without(held: Array) -> SequenceScorer:
            return SequenceScorer(*export_arrays(counted.members(held), learned, repeats))

        neural = self._reading.arrays(
            data, learned, without, repeats, self._random_state, progress, kept_from
        )
        arrays, settings = export_arrays(counted.members(), learned, repeats)
        arrays["item_counts"] = np.bincount(data.item_ids, minlength=data.num_items)
        if (by_content := content_popularity(data)) is not None:
            arrays["content_popularity"] = by_content
        arrays |= neural
        self._exported = arrays, settings
        self._scorer = SequenceScorer(*self._exported)
        self._data_fingerprint = fingerprint(interactions)
        report("counting", learned.weights.loss)
        return self

    def predict(self, sequences: ArrayLike, item_ids: int | ArrayLike | None = None) -> FloatArray:
        """Scores of all items, or of ``item_ids`` (m,), as the next one.

        ``sequences``: integers (L,) or (n, L), left-padded with 0, newest last, any L. Returns
        (num_items,) or (n, num_items), or as many as there are ``item_ids``. Raises
        ``ValueError`` for unknown ids.
        """
        scorer = self._fitted()
        array = np.asarray(sequences)
        if array.ndim not in (1, 2):
            raise ValueError(f"sequences must have one or two dimensions, got shape {array.shape}")
        rows = check_ids("sequences", np.atleast_2d(array), scorer.num_items)
        scores = np.empty((len(rows), scorer.num_items), np.float32)
        for row, history in enumerate(rows):
            scores[row] = scorer.scores(history)
        if item_ids is not None:
            items = np.atleast_1d(np.asarray(item_ids))
            scores = scores[:, as_ids("item_ids", items, scorer.num_items)]
        return scores[0] if array.ndim == 1 else scores

    def recommend(
        self, sequence: ArrayLike, n: int = 10, exclude: Exclusion = None
    ) -> tuple[IntArray, FloatArray]:
        """The likeliest items to come next.

        Parameters
        ----------
        sequence: int, shape (L,)
            The history, newest item last; may be empty. Its items are left out.
        n: int
            How many items, at most.
        exclude: item ids (m,), optional
            What is left out as well.

        Returns
        -------
        ids: int64, shape (n,) or fewer
        scores: float32, of the same shape
            Best first.
        """
        items = check_ids("sequence", np.asarray(sequence))
        scores = self.predict(items)
        scores[items] = -np.inf
        return recommended(scores, n, exclude)

    def similar_items(self, item_id: int, n: int = 10) -> tuple[IntArray, FloatArray]:
        """Ids (n,) of the items that ``item_id`` speaks for most, and by how much (n,), best first.

        Fewer where it has fewer neighbours. Raises ``ValueError`` for an unknown item.
        """
        return self._fitted().similar(item_id, n)

    def save(self, folder: StrPath, metrics: Mapping[str, float] | None = None) -> None:
        """Write what :meth:`export` gives into ``folder``, as safetensors and JSON."""
        arrays, scorer = self.export()
        manifest = {
            "settings": {
                "max_entries": self._max_entries,
                "questions": self._questions,
                "shortlists": self._shortlists,
                "ridge": self._ridge,
                "transformer_from": self._transformer_from,
            },
            "scorer": scorer,
            "num_items": self.num_items,
            "data_fingerprint": self._data_fingerprint,
            "metrics": dict(metrics or {}),
        }
        save_model(folder, type(self).__name__, arrays, manifest)

    @classmethod
    def load(cls, folder: StrPath, **settings: Any) -> Self:
        """The model that :meth:`save` wrote; ``settings`` override those it was made with.

        Raises the errors of :func:`recommender.learning.artifact.read_artifact`.
        """
        artifact = open_model(folder, cls.__name__)
        model = cls(**{**artifact.manifest["settings"], **settings})
        model._exported = artifact.arrays, artifact.manifest["scorer"]
        model._scorer = SequenceScorer(*model._exported)
        model._data_fingerprint = artifact.manifest["data_fingerprint"]
        return model

    @property
    def num_items(self) -> int:
        """How many items the fitted model knows, the padding item included."""
        return self._fitted().num_items

    def checkpoint(self) -> dict[str, Array] | None:
        """What is known while the transformer learns, after its last epoch. None before: what is
        learned until then is of no use before the last of it is found."""
        return self._reading.checkpoint()

    def export(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays and JSON-able settings that :class:`SequenceScorer` takes."""
        if self._exported is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted or loaded first")
        return self._exported

    def _fitted(self) -> SequenceScorer:
        if self._scorer is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted or loaded first")
        return self._scorer


def _in_order(interactions: Interactions) -> Interactions:
    """By users and times, as they are where they are so already."""
    users, times = interactions.user_ids, times_of(interactions)
    after = users[1:] > users[:-1]
    if (after | ((users[1:] == users[:-1]) & (times[1:] >= times[:-1]))).all():
        return interactions
    return interactions.take(interactions.time_order())


class _Steps:
    """Tells the caller of a fit about one step after the other."""

    def __init__(self, callback: ProgressCallback | None, steps: int) -> None:
        self._callback, self._steps, self._done = callback, steps, 0

    def __call__(self, phase: str, loss: float | None = None) -> None:
        if self._callback is not None:
            self._callback(Progress(phase=phase, epoch=self._done, epochs=self._steps, loss=loss))
        self._done += 1
