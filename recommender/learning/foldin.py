"""A place among the fitted users for one who was not there, in closed form. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import DoubleArray

Link = Literal["identity", "log", "logit"]


@dataclass(frozen=True)
class NewUser:
    """A user's vector (k,) and bias, usable wherever a model takes a user id to predict."""

    vector: NDArray[np.float32]
    bias: float


@dataclass(frozen=True)
class Prior:
    """What is known of a user before the first rating: mean and precision per coordinate (k,).

    The precision is in units of the noise's: the ridge penalty of each coordinate.
    """

    mean: DoubleArray
    precision: DoubleArray

    @classmethod
    def of_users(cls, users: DoubleArray, noise: float) -> Prior:
        """The normal distribution of fitted ``users`` (n, k), where residuals vary by ``noise``."""
        variance = users.var(axis=0) + 1e-6
        return cls(users.mean(axis=0), max(noise, 1e-6) / variance)


def solve_user(
    design: DoubleArray,
    targets: DoubleArray,
    offsets: DoubleArray,
    prior: Prior,
    link: Link = "identity",
    background: DoubleArray | None = None,
) -> DoubleArray:
    """The most probable user (k,) given ratings ``targets`` (n,) of items ``design`` (n, k).

    The prediction is ``offsets + design @ user``, seen through ``link``. For the identity that is
    one ridge regression; for the others a few of them (iteratively reweighted least squares).
    ``background`` (k, k) is a penalty for moving predictions that no rating speaks of.
    """
    penalty = np.diag(prior.precision)
    if background is not None:
        penalty = penalty + background
    user = prior.mean.copy()
    for _ in range(1 if link == "identity" else 30):
        fitted = offsets + design @ user
        if link == "identity":
            weight, slope = np.ones_like(fitted), targets - fitted
        elif link == "log":
            weight = np.exp(np.clip(fitted, -20, 20))
            slope = targets - weight
        else:
            mean = 1 / (1 + np.exp(-np.clip(fitted, -20, 20)))
            weight, slope = mean * (1 - mean), np.clip(targets, 0, 1) - mean
        curvature = (design * weight[:, None]).T @ design + penalty
        gradient = design.T @ slope - penalty @ (user - prior.mean)
        step = np.linalg.solve(curvature, gradient)
        if link != "identity" and len(design):
            # Newton's method overshoots where the link is far from straight.
            step = step / max(1.0, float(np.abs(design @ step).max()))
        user = user + step
    return user
