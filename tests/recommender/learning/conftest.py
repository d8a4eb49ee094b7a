"""The models of these tests are small: more threads would only wait for each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from catalog.datasets.detection import recognise
from recommender.learning.ids import IdMap
from recommender.learning.interactions import Interactions
from tests.catalog.dataset_files import ratings_of
from tests.made_up_dataset import write_dataset


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def first_ratings(first_data: Path) -> Interactions:
    """What `make run` learns from first, in MovieLens's stars and order."""
    return read_ratings(first_data)


@pytest.fixture(scope="session")
def made_up_ratings(tmp_path_factory: pytest.TempPathFactory) -> Interactions:
    return read_ratings(write_dataset(tmp_path_factory.mktemp("made-up")))


def read_ratings(dataset: Path) -> Interactions:
    """The ratings of any layout that the importer knows; users from 0, items from 1."""
    users, items, half_stars, seconds = zip(*ratings_of(recognise(dataset)), strict=True)
    return Interactions(
        IdMap(users).to_dense(users),
        IdMap(items, first=1).to_dense(items),
        [half / 2 for half in half_stars],
        seconds,
    )
