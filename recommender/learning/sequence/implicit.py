"""What a user chooses next, predicted from the sequence of what that user chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.artifact import StrPath
from recommender.learning.engine.devices import seeded
from recommender.learning.engine.estimator import Estimator, check_sizes, to_numpy
from recommender.learning.engine.optimizers import OptimizerFunc
from recommender.learning.engine.persistence import keep_learned_rows, load_weights, open_model
from recommender.learning.engine.training import EarlyStopping
from recommender.learning.interactions import PADDING_ITEM, SequenceInteractions
from recommender.learning.progress import ProgressCallback
from recommender.learning.ranking import Exclusion, most_similar, recommended
from recommender.learning.sequence.nets import REPRESENTATIONS, make_net
from recommender.learning.sequence.objectives import LOSSES, sequence_loss, start_at_popularity
from recommender.learning.sequence.representations import SequenceNet
from recommender.learning.validation import SeedLike, check_choice, check_ids

_SEQUENCES_AT_ONCE = {"cpu": 32, "cuda": 256}
# From so many items in all sequences on, a transformer has two layers.
_MANY = 500_000


class ImplicitSequenceModel(Estimator):
    """A representation of the sequence so far, trained to rank the item that comes next.

    Where users return to items, and for a user who chose over 70 % of all, the negatives of a place
    in a sequence are all items but its own; else those outside all of the user's sequences, or
    outside the sequence where its user is not given. Item 0 is never one, and never recommended.

    Parameters
    ----------
    loss: str
        'pointwise', 'bpr', 'hinge', 'adaptive_hinge', 'warp', 'softmax' (against all items) or
        'sampled_softmax' (against ``num_negative_samples`` items shared by the batch, drawn by
        popularity and corrected for that); see :mod:`recommender.learning.losses`.
    representation: str or module
        'pooling', 'cnn', 'lstm', 'mixture', 'transformer' (of one layer, or of two where the first
        fit has half a million items or more), or a module with the methods of
        :class:`recommender.learning.sequence.representations.SequenceNet`.
    embedding_dim: int
        Used when ``representation`` is a name.
    num_negative_samples: int
        Negatives per choice for 'adaptive_hinge' and 'warp', per batch for 'sampled_softmax',
        where some hundreds are usual.
    schedule: 'constant' or 'one_cycle'
        How the learning rate changes during a fit; see
        :class:`recommender.learning.engine.optimizers.Schedule`.

    The other parameters are those of
    :class:`recommender.learning.factorization.explicit.ExplicitFactorizationModel`.
    """

    losses = LOSSES

    def __init__(
        self,
        loss: str = "pointwise",
        representation: str | nn.Module = "pooling",
        embedding_dim: int = 32,
        n_iter: int = 10,
        batch_size: int = 256,
        l2: float = 0.0,
        learning_rate: float = 1e-2,
        optimizer_func: OptimizerFunc | None = None,
        use_cuda: bool = False,
        sparse: bool = False,
        random_state: SeedLike = None,
        num_negative_samples: int = 5,
        *,
        device: str = "auto",
        amp: bool = False,
        compile: bool = False,
        device_memory: float | None = None,
        schedule: str = "constant",
    ) -> None:
        super().__init__(
            loss=loss,
            embedding_dim=embedding_dim,
            n_iter=n_iter,
            batch_size=batch_size,
            l2=l2,
            learning_rate=learning_rate,
            optimizer_func=optimizer_func,
            use_cuda=use_cuda,
            sparse=sparse,
            random_state=random_state,
            num_negative_samples=num_negative_samples,
            device=device,
            amp=amp,
            compile=compile,
            device_memory=device_memory,
            schedule=schedule,
        )
        if isinstance(representation, str):
            check_choice("representation", representation, REPRESENTATIONS)
        self._representation = representation
        self._max_sequence_length = 1
        self._num_layers = 1

    def fit(
        self,
        interactions: SequenceInteractions,
        verbose: bool = False,
        *,
        progress: ProgressCallback | None = None,
        early_stopping: EarlyStopping | None = None,
    ) -> Self:
        """Learn to rank each item of each sequence from those before it; fitting again continues.

        More items than before are welcome: those that are known keep what was learned. ``verbose``
        prints each epoch's loss; ``history`` holds the epochs of the last fit.

        Raises ``ValueError`` when there is nothing to learn from, when fewer items are declared
        than before, or when the loss is no longer finite. An exception that ``progress`` raises
        stops the fit.
        """
        if len(interactions) == 0 or not interactions.sequences.any():
            raise ValueError(f"interactions must hold items, got {interactions!r}")
        interactions.check()
        with seeded(self._random_state, self._device):
            net = self._prepare(interactions)
            batch_loss = sequence_loss(
                self._loss,
                net,
                interactions,
                self._num_negative_samples,
                self._device,
                self._device_memory,
            )
            self._train(interactions, batch_loss, verbose, progress, early_stopping)
        return self

    @torch.no_grad()
    def predict(self, sequences: ArrayLike, item_ids: int | ArrayLike | None = None) -> FloatArray:
        """Scores of the items that may come next.

        One sequence (length,), which may be empty: scores (num_items,), or (m,) for ``item_ids``
        (m,). Sequences (n, length), left-padded with 0: scores (n, num_items) or (n, m). The
        padding item is scored minus infinity. A score is the same to the bit whether all items or
        some are asked for, and, in one thread of a CPU, alone or among other sequences.

        Raises ``ValueError`` for ids that the model does not know.
        """
        net = self._fitted()
        given = np.asarray(sequences)
        if given.ndim not in (1, 2):
            raise ValueError(f"sequences must have one or two dimensions, got shape {given.shape}")
        rows = np.atleast_2d(check_ids("sequences", given, self._num_items))
        items = None
        if item_ids is not None:
            items = self._ids("item_ids", item_ids, self._num_items)
        size = _SEQUENCES_AT_ONCE[self._device.type]
        starts = range(0, max(len(rows), 1), size)
        scores = np.concatenate(
            [self._score(net, rows[start : start + size], size, items) for start in starts]
        )
        return scores[0] if given.ndim == 1 else scores

    def recommend(
        self, sequence: ArrayLike, n: int = 10, exclude: Exclusion = None
    ) -> tuple[IntArray, FloatArray]:
        """Ids and scores of the ``n`` best items to come next, best first.

        Items of the sequence itself are left out, and so are the item ids ``exclude``.
        """
        items = check_ids("sequence", np.asarray(sequence))
        scores = self.predict(items)
        scores[items] = -np.inf
        return recommended(scores, n, exclude)

    @torch.no_grad()
    def similar_items(self, item_id: int, n: int = 10) -> tuple[IntArray, FloatArray]:
        """Ids and cosines of the ``n`` items whose vectors are nearest, nearest first."""
        net = self._fitted()
        if not isinstance(net, SequenceNet):
            raise ValueError(f"representation must be a SequenceNet for this, got {net!r}")
        return most_similar(to_numpy(net.items()[0]), item_id, n)

    def save(self, folder: StrPath, metrics: Mapping[str, float] | None = None) -> None:
        """Write the weights (safetensors) and a manifest (JSON) into ``folder``."""
        sizes = {
            "max_sequence_length": self._max_sequence_length,
            "num_layers": self._num_layers,
        }
        self._save(folder, metrics, **sizes)

    @classmethod
    def load(
        cls,
        folder: StrPath,
        representation: nn.Module | None = None,
        **settings: Any,
    ) -> Self:
        """The model that :meth:`save` wrote; ``settings`` override those it was made with.

        A model with a representation of your own needs an equal one to load into.

        Raises the errors of :func:`recommender.learning.artifact.read_artifact`.
        """
        artifact = open_model(folder, cls.__name__)
        manifest = artifact.manifest
        kept = {**manifest["settings"], **settings}
        if representation is not None:
            kept["representation"] = representation
        elif kept.get("representation") is None:
            raise ValueError(
                "representation must be given for a model saved with its own, got None"
            )
        model = cls(**kept)
        model._num_items = manifest["num_items"]
        model._max_sequence_length = manifest["max_sequence_length"]
        model._num_layers = manifest.get("num_layers", 1)
        model._data_fingerprint = manifest["data_fingerprint"]
        net = model._new_net()
        load_weights(net, artifact)
        model._use(net)
        return model

    def _settings(self) -> dict[str, Any]:
        named = isinstance(self._representation, str)
        return {
            **super()._settings(),
            "representation": self._representation if named else None,
            "schedule": self._schedule,
        }

    def _prepare(self, interactions: SequenceInteractions) -> nn.Module:
        """The net to train: a new one, the one that is there, or a larger one with its rows."""
        before = {"num_items": self._num_items, "max_sequence_length": self._max_sequence_length}
        # The transformer reads no more than it was made for: longer sequences need a larger one.
        positions = interactions.max_sequence_length if self._representation == "transformer" else 1
        now = {
            "num_items": interactions.num_items,
            "max_sequence_length": max(self._max_sequence_length, positions),
        }
        learned = {}
        if self._net is not None:
            if not check_sizes(before, now):
                return self._net
            if isinstance(self._representation, nn.Module):
                raise ValueError(f"representation was made for {before}, got {now}")
            learned = self._net.state_dict()
        elif np.count_nonzero(interactions.sequences) >= _MANY:
            self._num_layers = 2
        self._num_items, self._max_sequence_length = now.values()
        net = self._new_net()
        if self._loss in ("softmax", "sampled_softmax"):
            start_at_popularity(net, interactions)
        keep_learned_rows(learned, net)
        return self._use(net)

    def _new_net(self) -> nn.Module:
        if isinstance(self._representation, nn.Module):
            return self._representation
        return make_net(
            self._representation,
            self._num_items,
            embedding_dim=self._embedding_dim,
            num_layers=self._num_layers,
            max_sequence_length=self._max_sequence_length,
            sparse=self._sparse,
        )

    def _score(self, net: nn.Module, rows: IntArray, size: int, items: Tensor | None) -> FloatArray:
        if not rows.shape[1]:
            rows = np.zeros((len(rows), 1), np.int64)  # An empty history is all padding.
        # Rounding depends on how many rows are multiplied: so there are always ``size`` of them.
        filled = np.concatenate([rows, np.repeat(rows[-1:], size - len(rows), axis=0)])
        sequences = torch.from_numpy(filled).to(self._device)
        every, final = net.user_representation(sequences)  # type: ignore[operator]
        if final.dim() == every.dim():
            final = final.squeeze(-1)  # Spotlight's mixture keeps an axis of one position.
        every_item = torch.arange(self._num_items, device=self._device)
        if isinstance(net, SequenceNet):
            scores = net.score_all(final)
        else:
            targets = every_item.expand(len(filled), -1)
            scores = net(final.unsqueeze(-1).expand(*final.shape, len(every_item)), targets)
        scores = scores.masked_fill(every_item == PADDING_ITEM, -torch.inf)[: len(rows)]
        return to_numpy(scores if items is None else scores[:, items])
