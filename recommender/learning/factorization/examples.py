"""A training set of user-item pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from recommender.learning.engine.placement import place, rows_on
from recommender.learning.interactions import Interactions


@dataclass(frozen=True)
class Examples:
    """Columns of one length, all in one place: ids int64, the others float32.

    ``device`` is where batches of them go, which is where they are unless they are too large.
    """

    users: Tensor
    items: Tensor
    ratings: Tensor | None
    weights: Tensor | None
    context: Tensor | None
    device: torch.device | None = None

    @classmethod
    def of(
        cls, interactions: Interactions, device: torch.device, limit: float | None = None
    ) -> Examples:
        """All of ``interactions``; ``limit`` is that of :func:`residence.place`."""
        users, items, ratings, weights, context = place(
            (
                interactions.user_ids,
                interactions.item_ids,
                interactions.ratings,
                interactions.weights,
                interactions.context_features,
            ),
            device,
            limit,
        )
        if users is None or items is None:
            raise ValueError(f"interactions must have users and items, got {interactions!r}")
        return cls(users, items, ratings, weights, context, device)

    def at(self, batch: Tensor) -> Examples:
        """The examples at positions ``batch`` (int64), on the device."""
        device = self.device or self.users.device

        def rows(values: Tensor | None) -> Tensor | None:
            return None if values is None else rows_on(device, values, batch)

        return Examples(
            rows_on(device, self.users, batch),
            rows_on(device, self.items, batch),
            rows(self.ratings),
            rows(self.weights),
            rows(self.context),
        )

    def scores(self, net: nn.Module, items: Tensor | None = None) -> Tensor:
        """What ``net`` gives each pair, or each user with other ``items`` (n,) or (n, k).

        The net is asked for flat pairs, whatever the shape.
        """
        items = self.items if items is None else items
        per_user = items.numel() // max(len(items), 1)
        users = self.users.repeat_interleave(per_user)
        if self.context is None:
            return net(users, items.reshape(-1)).view(items.shape)
        context = self.context.repeat_interleave(per_user, dim=0)
        return net(users, items.reshape(-1), context).view(items.shape)

    def scores_in_parts(self, net: nn.Module, size: int) -> Tensor:
        """As :meth:`scores`, ``size`` pairs at a time."""
        return torch.cat([part.scores(net) for part in self._parts(size)])

    def residuals_in_parts(self, net: nn.Module, size: int) -> Tensor:
        """The ratings less what ``net`` gives, ``size`` pairs at a time, on the device."""
        return torch.cat([part.rated - part.scores(net) for part in self._parts(size)])

    @property
    def rated(self) -> Tensor:
        """The ratings. Raises ``ValueError`` where there are none."""
        if self.ratings is None:
            raise ValueError("ratings must be given, got None")
        return self.ratings

    def _parts(self, size: int) -> Iterator[Examples]:
        positions = torch.arange(len(self.users), device=self.users.device)
        for start in range(0, max(len(positions), 1), size):
            yield self.at(positions[start : start + size])

    def __len__(self) -> int:
        return len(self.users)
