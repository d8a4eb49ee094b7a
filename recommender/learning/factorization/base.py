"""What all factorization models share: growing, predicting, folding in, saving."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.artifact import StrPath
from recommender.learning.engine.estimator import Estimator, check_sizes, to_numpy
from recommender.learning.engine.persistence import keep_learned_rows, load_weights, open_model
from recommender.learning.factorization.examples import Examples
from recommender.learning.factorization.representations import BilinearNet
from recommender.learning.foldin import NewUser, Prior
from recommender.learning.inner_products import GridVectors
from recommender.learning.interactions import Interactions
from recommender.learning.ranking import Exclusion, most_similar, recommended
from recommender.learning.validation import as_floats, as_ids

_PAIRS_AT_ONCE = 2**18


class FactorizationModel(Estimator, ABC):
    """Base of the factorization models, however they are fitted."""

    def __init__(self, representation: nn.Module | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self._representation = representation
        self._num_users = 0
        self._statistics = {"noise": 1.0}

    @property
    def num_users(self) -> int:
        """How many users the fitted model knows."""
        return self._num_users

    @torch.no_grad()
    def predict(
        self,
        user_ids: int | ArrayLike | NewUser,
        item_ids: int | ArrayLike | None = None,
        context_features: ArrayLike | None = None,
    ) -> FloatArray:
        """Scores of items for users.

        One user and no items: every item's score (num_items,). One user and n items: (n,). Users
        (n,) and no items: (n, num_items). Users (n,) and items (n,), or either of length one:
        pair by pair, (n,). A user made by :meth:`fold_in` takes the place of one user.
        ``context_features`` has a row per user, or one row for all. A pair's score is the same to
        the bit however it is asked for, unless ``representation`` is a module of your own.

        Raises ``ValueError`` for ids that the model does not know or lengths that do not match.
        """
        net = self._fitted()
        items = None if item_ids is None else self._ids("item_ids", item_ids, self._num_items)
        if isinstance(user_ids, NewUser):
            return self._predict_new(user_ids, items)
        users = self._ids("user_ids", user_ids, self._num_users)
        context = self._context(context_features, users, items)
        if items is None:
            scores = self._link(self._score_all(net, users, context))
            return to_numpy(scores[0] if np.ndim(user_ids) == 0 else scores)
        if len(users) != len(items) and 1 not in (len(users), len(items)):
            raise ValueError(
                f"item_ids must have length {len(users)}, as user_ids has, got {len(items)}"
            )
        users, items = torch.broadcast_tensors(users, items)
        pairs = Examples(users, items, None, None, context)
        return to_numpy(self._link(_score_pairs(net, pairs)))

    @torch.no_grad()
    def fold_in(self, item_ids: ArrayLike, ratings: ArrayLike | None = None) -> NewUser:
        """Place a user who was not in training, from that user's items, without retraining.

        The fitted users are the prior, and the items are the data, of a ridge regression: with no
        items at all the user is the average one. Pass the result to :meth:`predict`.

        Raises ``ValueError`` for unknown items, lengths that do not match, or a representation
        that is not a :class:`BilinearNet`.
        """
        net = self._bilinear()
        chosen = as_ids("item_ids", item_ids, self._num_items)
        item_vectors, item_biases = (to_numpy(part).astype(float) for part in net.items())
        everyone = torch.arange(self._num_users, device=self._device)
        vectors, biases = (to_numpy(part).astype(float) for part in net.users(everyone))
        prior = Prior.of_users(np.column_stack([vectors, biases]), self._statistics["noise"])
        design = np.column_stack([item_vectors, np.ones(len(item_vectors))])
        user = self._solve(design, item_biases, chosen, ratings, prior)
        return NewUser(vector=user[:-1].astype(np.float32), bias=float(user[-1]))

    def recommend(
        self, user_id: int | NewUser, n: int = 10, exclude: Exclusion = None
    ) -> tuple[IntArray, FloatArray]:
        """Ids and scores of the ``n`` best items, best first.

        ``exclude`` is an array of item ids, or :class:`Interactions` whose items of this user are
        left out: pass what the model was fitted on to recommend nothing that was seen.
        """
        scores = self.predict(user_id)
        known = None if isinstance(user_id, NewUser) else int(user_id)
        return recommended(scores, n, exclude, known)

    @torch.no_grad()
    def similar_items(self, item_id: int, n: int = 10) -> tuple[IntArray, FloatArray]:
        """Ids and cosines of the ``n`` items whose vectors are nearest, nearest first."""
        return most_similar(to_numpy(self._bilinear().items()[0]), item_id, n)

    def save(self, folder: StrPath, metrics: Mapping[str, float] | None = None) -> None:
        """Write the weights (safetensors) and a manifest (JSON) into ``folder``."""
        self._save(folder, metrics, num_users=self._num_users, statistics=self._statistics)

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
        model = cls(representation=representation, **{**manifest["settings"], **settings})
        net = representation or BilinearNet.like(artifact.arrays, sparse=model._sparse)
        load_weights(net, artifact)
        model._num_users, model._num_items = manifest["num_users"], manifest["num_items"]
        model._statistics = manifest["statistics"]
        model._data_fingerprint = manifest["data_fingerprint"]
        model._use(net)
        return model

    @abstractmethod
    def _link(self, scores: Tensor) -> Tensor:
        """Turn the net's scores into predictions."""

    @abstractmethod
    def _solve(
        self,
        design: NDArray[np.float64],
        item_biases: NDArray[np.float64],
        chosen: IntArray,
        ratings: ArrayLike | None,
        prior: Prior,
    ) -> NDArray[np.float64]:
        """A user's vector and bias (k + 1,), where items' scores are ``design @ user + biases``."""

    def _prepare(self, interactions: Interactions) -> nn.Module:
        """The net to train: a new one, the one that is there, or a larger one with its rows."""
        now = {"num_users": interactions.num_users, "num_items": interactions.num_items}
        if self._net is not None:
            before = {"num_users": self._num_users, "num_items": self._num_items}
            if not check_sizes(before, now):
                return self._net
            if self._representation is not None:
                raise ValueError(f"representation was made for {before}, got {now}")
        learned = {} if self._net is None else self._net.state_dict()
        net = self._representation or self._new_net(interactions)
        keep_learned_rows(learned, net)
        self._num_users, self._num_items = now["num_users"], now["num_items"]
        return self._use(net)

    def _new_net(self, interactions: Interactions) -> BilinearNet:
        context = interactions.context_features
        return BilinearNet(
            interactions.num_users,
            interactions.num_items,
            self._embedding_dim,
            sparse=self._sparse,
            user_features=interactions.user_features,
            item_features=interactions.item_features,
            num_context_features=0 if context is None else context.shape[1],
        )

    def _bilinear(self) -> BilinearNet:
        net = self._fitted()
        if not isinstance(net, BilinearNet):
            raise ValueError(f"representation must be a BilinearNet for this, got {net!r}")
        return net

    def _score_all(self, net: nn.Module, users: Tensor, context: Tensor | None) -> Tensor:
        if isinstance(net, BilinearNet):
            return net.predict_all(users, context)
        items = torch.arange(self._num_items, device=users.device)
        pairs = Examples(
            users.repeat_interleave(len(items)),
            items.repeat(len(users)),
            None,
            None,
            None if context is None else context.repeat_interleave(len(items), dim=0),
        )
        return _score_pairs(net, pairs).view(len(users), len(items))

    def _predict_new(self, user: NewUser, items: Tensor | None) -> FloatArray:
        vectors, biases = self._bilinear().items()
        if items is not None:
            vectors, biases = vectors[items], biases[items]
        vector = GridVectors.of(torch.from_numpy(user.vector).to(self._device).unsqueeze(0))
        scores = vector.with_all(GridVectors.of(vectors)).squeeze(0)
        return to_numpy(self._link(scores + user.bias + biases))

    def _context(
        self, features: ArrayLike | None, users: Tensor, items: Tensor | None
    ) -> Tensor | None:
        if features is None:
            return None
        values = as_floats("context_features", np.atleast_2d(np.asarray(features)))
        rows = len(users) if items is None else max(len(users), len(items))
        if len(values) not in (1, rows):
            raise ValueError(f"context_features must have {rows} rows, got {len(values)}")
        return torch.from_numpy(values).to(self._device).expand(rows, -1)


def _score_pairs(net: nn.Module, pairs: Examples) -> Tensor:
    if not isinstance(net, BilinearNet):
        return pairs.scores_in_parts(net, _PAIRS_AT_ONCE)
    positions = torch.arange(len(pairs), device=pairs.users.device).split(_PAIRS_AT_ONCE)
    parts = [pairs.at(part) for part in positions]
    return torch.cat([net.predict_pairs(part.users, part.items, part.context) for part in parts])
