"""Inner products: as exact as single precision, and the same in any company."""

import numpy as np
import pytest
import torch

from recommender.learning.inner_products import GridVectors


@pytest.mark.parametrize("dim", [1, 5, 32, 100])
def test_inner_products_are_nearly_those_of_double_precision(dim):
    state = np.random.RandomState(0)
    left, right = (state.normal(0, 3.0 ** state.randint(-9, 9), (40, dim)) for _ in range(2))
    left[3] = 0.0
    grid = [GridVectors.of(torch.from_numpy(part).float()) for part in (left, right)]
    allowed = np.linalg.norm(left, axis=1)[:, None] * np.linalg.norm(right, axis=1) * 1e-6
    found = grid[0].with_all(grid[1]).numpy()
    assert (np.abs(found - left @ right.T) <= allowed).all()
    np.testing.assert_array_equal(grid[0].with_each(grid[1]).numpy(), np.diag(found))


def test_a_vector_alone_gives_the_same_bits():
    torch.manual_seed(0)
    left, right = GridVectors.of(torch.randn(30, 50)), GridVectors.of(torch.randn(70, 50))
    table = left.with_all(right)
    for row in range(30):
        alone = GridVectors(left.multiples[row : row + 1], left.steps[row : row + 1])
        assert torch.equal(alone.with_all(right)[0], table[row])


@pytest.mark.parametrize("scale", [2.0**-140, 1e-30, 1.0, 1e30])
def test_steps_are_powers_of_two_and_multiples_whole(scale):
    torch.manual_seed(0)
    vectors = (torch.randn(99, 33).double() * scale).float()
    grid = GridVectors.of(vectors)
    assert (torch.frexp(grid.steps).mantissa == 0.5).all()
    assert torch.equal(grid.multiples, grid.multiples.round())
    assert grid.multiples.abs().max() <= 2**23
    off = (grid.multiples * grid.steps.unsqueeze(1) - vectors).abs()
    assert (off <= grid.steps.unsqueeze(1) / 2).all()
