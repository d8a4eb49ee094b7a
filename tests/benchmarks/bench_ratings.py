"""RMSE of predicted stars, protocol "ratings": ours beside peers, from the same splits.

python -m tests.benchmarks.bench_ratings [--data movies-dataset-small] [--seeds 5] [--only NAME ...]

A random 80/20 split of all ratings for each of the seeds 0 to 4; RMSE after clipping to 0.5 to 5.
Every model runs in a process of its own, so that its peak memory is its own. Peers that are not
installed are left out; requirements-bench.txt has them.
"""

import argparse
import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.learning.cross_validation import random_train_test_split
from recommender.learning.interactions import Interactions

from .places import data_folder
from .ratings_file import read_ratings

FILES = {
    "movies-dataset-small": "ratings_small.csv.gz",
    "ml-latest-small": "ratings.csv.gz",
    "ml-latest-small-2018": "ratings.csv.gz",
}
Predict = Callable[[Interactions], NDArray]


def global_mean(train: Interactions, seed: int) -> Predict:
    mean = float(train.ratings.mean())
    return lambda test: np.full(len(test), mean)


def damped_biases(train: Interactions, seed: int) -> Predict:
    mean = float(train.ratings.mean())
    user_bias = np.zeros(train.num_users)
    for _ in range(10):
        rest = train.ratings - mean - user_bias[train.user_ids]
        counts = np.bincount(train.item_ids, minlength=train.num_items)
        item_bias = np.bincount(train.item_ids, rest, train.num_items) / (counts + 3)
        rest = train.ratings - mean - item_bias[train.item_ids]
        counts = np.bincount(train.user_ids, minlength=train.num_users)
        user_bias = np.bincount(train.user_ids, rest, train.num_users) / (counts + 5)
    return lambda test: mean + user_bias[test.user_ids] + item_bias[test.item_ids]


def explicit_defaults(train: Interactions, seed: int) -> Predict:
    from recommender.learning.factorization.explicit import ExplicitFactorizationModel

    model = ExplicitFactorizationModel(random_state=np.random.RandomState(seed)).fit(train)
    return lambda test: model.predict(test.user_ids, test.item_ids)


def preset(train: Interactions, seed: int) -> Predict:
    from recommender.learning.presets.make import explicit

    model = explicit(random_state=seed).fit(train)
    return lambda test: model.predict(test.user_ids, test.item_ids)


def surprise_svd(train: Interactions, seed: int) -> Predict:
    from surprise import SVD

    return _surprise(SVD(random_state=seed), train)


def surprise_svd_tuned(train: Interactions, seed: int) -> Predict:
    from surprise import SVD

    settings = {"n_factors": 100, "n_epochs": 60, "lr_all": 0.007, "reg_all": 0.1}
    return _surprise(SVD(random_state=seed, **settings), train)


def surprise_knn(train: Interactions, seed: int) -> Predict:
    from surprise import KNNBaseline

    similarity = {"name": "pearson_baseline", "user_based": False}
    return _surprise(KNNBaseline(k=40, sim_options=similarity, verbose=False), train)


def lenskit_als(train: Interactions, seed: int) -> Predict:
    return _lenskit(train, seed, {})


def lenskit_als_tuned(train: Interactions, seed: int) -> Predict:
    return _lenskit(train, seed, {"embedding_size": 50, "epochs": 15, "regularization": 0.15})


def _lenskit(train: Interactions, seed: int, settings: dict[str, float]) -> Predict:
    """Biased factorization by alternating least squares; what it does not know is its bias."""
    from lenskit.als import BiasedMFScorer
    from lenskit.data import ItemList, RecQuery, from_interactions_df
    from lenskit.training import TrainingOptions

    columns = {"user_id": train.user_ids, "item_id": train.item_ids, "rating": train.ratings}
    model = BiasedMFScorer(**settings)
    model.train(from_interactions_df(pd.DataFrame(columns)), TrainingOptions(rng=seed))

    def predict(test: Interactions) -> NDArray:
        told = np.empty(len(test))
        order = np.argsort(test.user_ids, kind="stable")
        starts = np.flatnonzero(np.diff(test.user_ids[order], prepend=-1))
        for rows in np.split(order, starts[1:]):
            items = ItemList(item_ids=test.item_ids[rows])
            user = int(test.user_ids[rows[0]])
            found = model(RecQuery(user_id=user), items).scores()
            bias = model.bias.compute_for_items(items, user)[0]
            told[rows] = np.where(np.isnan(found), bias, found)
        return told

    return predict


def _surprise(model, train: Interactions) -> Predict:
    from surprise import Dataset, Reader

    table = pd.DataFrame({"user": train.user_ids, "item": train.item_ids, "stars": train.ratings})
    data = Dataset.load_from_df(table, Reader(rating_scale=(0.5, 5.0)))
    model.fit(data.build_full_trainset())
    return lambda test: np.array(
        [
            model.predict(user, item).est
            for user, item in zip(test.user_ids, test.item_ids, strict=True)
        ]
    )


MODELS: dict[str, tuple[str, Callable[[Interactions, int], Predict]]] = {
    "global mean": ("numpy", global_mean),
    "damped user and item biases": ("numpy", damped_biases),
    "ExplicitFactorizationModel, defaults": ("torch", explicit_defaults),
    "Surprise SVD": ("surprise", surprise_svd),
    "Surprise SVD, tuned": ("surprise", surprise_svd_tuned),
    "Surprise KNNBaseline, items": ("surprise", surprise_knn),
    "LensKit BiasedMF": ("lenskit", lenskit_als),
    "LensKit BiasedMF, tuned": ("lenskit", lenskit_als_tuned),
    "explicit preset": ("torch", preset),
}


def measure(job: tuple[str, Path, int]) -> tuple[float, float, float]:
    """RMSE, processor seconds to fit and peak MB of one model on one split."""
    name, path, seed = job
    train, test = random_train_test_split(read_ratings(path), random_state=seed)
    started = time.process_time()
    predict = MODELS[name][1](train, seed)
    seconds = time.process_time() - started
    found = np.clip(predict(test), 0.5, 5.0)
    rmse = float(np.sqrt(np.mean((found - test.ratings) ** 2)))
    return rmse, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=FILES, default="movies-dataset-small")
    parser.add_argument("--ratings", type=Path, help="a MovieLens file instead")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=MODELS, default=list(MODELS))
    options = parser.parse_args()
    path = options.ratings or data_folder() / options.data / FILES[options.data]
    print(f"{path}, random 80/20, seeds 0 to {options.seeds - 1}")
    print("| model | RMSE | spread | CPU s | peak MB |\n| --- | --- | --- | --- | --- |")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in options.only:
            needs = MODELS[name][0]
            if importlib.util.find_spec(needs) is None:
                print(f"| {name} | {needs} is not installed | | | |", flush=True)
                continue
            jobs = [(name, path, seed) for seed in range(options.seeds)]
            rmse, seconds, memory = zip(*pool.map(measure, jobs, chunksize=1), strict=True)
            print(
                f"| {name} | {np.mean(rmse):.4f} | {np.std(rmse):.4f} | "
                f"{np.median(seconds):.1f} | {max(memory):.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
