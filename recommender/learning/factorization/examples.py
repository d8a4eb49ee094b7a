"""A training set of user-item pairs on the device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from recommender.learning.interactions import Interactions


@dataclass(frozen=True)
class Examples:
    """Columns of one length, all on one device: ids int64, the others float32."""

    users: Tensor
    items: Tensor
    ratings: Tensor | None
    weights: Tensor | None
    context: Tensor | None

    @classmethod
    def of(cls, interactions: Interactions, device: torch.device) -> Examples:
        def column(values: object) -> Tensor | None:
            return None if values is None else torch.as_tensor(values, device=device)

        return cls(
            users=torch.as_tensor(interactions.user_ids, device=device),
            items=torch.as_tensor(interactions.item_ids, device=device),
            ratings=column(interactions.ratings),
            weights=column(interactions.weights),
            context=column(interactions.context_features),
        )

    def at(self, batch: Tensor) -> Examples:
        """The examples at positions ``batch`` (int64)."""

        def rows(values: Tensor | None) -> Tensor | None:
            return None if values is None else values[batch]

        return Examples(
            self.users[batch],
            self.items[batch],
            rows(self.ratings),
            rows(self.weights),
            rows(self.context),
        )

    def scores(self, net: torch.nn.Module, items: Tensor | None = None) -> Tensor:
        """What ``net`` gives each pair, or each user with other ``items`` (n,) or (n, k)."""
        items = self.items if items is None else items
        users, context = self.users, self.context
        if items.dim() == 2:
            users = users.unsqueeze(1).expand_as(items)
            context = None if context is None else context.unsqueeze(1)
        return net(users, items) if context is None else net(users, items, context)
