"""Inner products that are the same to the last bit, however many are computed at once.

A matrix product adds up in an order that depends on the shapes, and so rounds differently for one
user and for many. Here vectors are first rounded to whole multiples of a power of two, few enough
bits wide that every sum of their products is exact in double precision, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_EXACT_BITS = 53


@dataclass(frozen=True)
class GridVectors:
    """Vectors as ``multiples`` (n, dim), whole numbers, of ``steps`` (n,), powers of two."""

    multiples: Tensor
    steps: Tensor

    @classmethod
    def of(cls, vectors: Tensor) -> GridVectors:
        """Round ``vectors`` (n, dim), each to a share of its own largest number.

        With up to 32 dimensions that share is 2**-24, as in single precision.
        """
        bits = (_EXACT_BITS - (vectors.shape[-1] - 1).bit_length()) // 2
        exact = vectors.double()
        largest = exact.abs().amax(dim=-1)
        # A power of two without rounding, which no function promises: a number by its mantissa.
        powers = torch.where(largest > 0, largest / torch.frexp(largest).mantissa, 1.0)
        steps = powers * 2.0**-bits
        return cls((exact / steps.unsqueeze(-1)).round(), steps)

    def with_all(self, others: GridVectors) -> Tensor:
        """The inner products (n, m), float64, of each vector with each of ``others``."""
        steps = self.steps.unsqueeze(1) * others.steps
        return (self.multiples @ others.multiples.T) * steps

    def with_each(self, others: GridVectors) -> Tensor:
        """The inner products (n,), float64, of each vector with its one of ``others``."""
        return (self.multiples * others.multiples).sum(dim=-1) * (self.steps * others.steps)
