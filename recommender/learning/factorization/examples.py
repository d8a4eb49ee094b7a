"""A training set of user-item pairs on the device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

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
        positions = torch.arange(len(self.users), device=self.users.device)
        starts = range(0, max(len(positions), 1), size)
        parts = [self.at(positions[start : start + size]).scores(net) for start in starts]
        return torch.cat(parts)

    def __len__(self) -> int:
        return len(self.users)
