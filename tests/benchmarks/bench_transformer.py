"""What the transformer of the sequence preset adds, and how its quality rises with its seconds.

python -m tests.benchmarks.bench_transformer [--ratings FILE | --millions 0.1 1] [--test]
    [--recipe batch=1024 most_epochs=20 ...] [--seed 0] [--always] [--json FILE] [--draw FILE]

The preset is fitted whole, the transformer on data of any size. After each epoch: the seconds so
far, and NDCG@10 of what comes next for users held out. Then leave-one-out with full ranking, for
the counted members, the transformer and their blend; of the validation items, which are those
before each user's last, and with ``--test`` of the last ones. ``--millions`` makes synthetic
ratings (`manage.py make_ratings`) of people with 20 and more, as many of each person and film as
in MovieLens 1M.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from recommender.learning.datasets.movielens_files import write_movielens
from recommender.learning.interactions import Interactions
from recommender.learning.line_chart import HEIGHT, LEFT, WIDTH, Series, line_chart
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.next_item.neural import join
from recommender.learning.presets.next_item.neural.blend import Lists, gain, helps
from recommender.learning.presets.next_item.neural.fit import PHASE
from recommender.learning.presets.next_item.neural.member import NeuralMember, is_neural
from recommender.learning.presets.next_item.neural.recipe import ON_CPU, Recipe
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.progress import Progress

from .bench_next_film import Protocol, Scores, leave_one_out, measures, ranks
from .ratings_file import read_ratings

PEOPLE, FILMS = 8600, 3700  # of a million, of whom 7,100 give twenty ratings and more
FEWEST = 20


def made_up(millions: float) -> Interactions:
    """Synthetic ratings of people with ``FEWEST`` and more; films by the square root."""
    with tempfile.TemporaryDirectory() as name:
        write_movielens(
            Path(name) / "made",
            users=round(PEOPLE * millions),
            movies=round(FILMS * min(1.0, millions**0.5)),
            ratings=round(1e6 * millions),
            seed=1,
            noise=0.75,
        )
        data = read_ratings(Path(name) / "made" / "ratings.csv")
    kept = data.take(np.flatnonzero(np.bincount(data.user_ids)[data.user_ids] >= FEWEST))
    return Interactions(
        np.unique(kept.user_ids, return_inverse=True)[1],
        kept.item_ids,
        ratings=kept.ratings,
        timestamps=kept.timestamps,
        num_items=kept.num_items,
    )


class Climb:
    """Hears of each epoch of the transformer: seconds of it alone and of all, and NDCG@10."""

    def __init__(self) -> None:
        self.lines: list[dict[str, float]] = []
        self._started, self._read_from, self._cpu = time.monotonic(), 0.0, 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic() - self._started
        if progress.phase == PHASE and not self._read_from:
            self._read_from, self._cpu = now, time.process_time()
        if progress.phase == PHASE and progress.metrics:
            line = {
                "epoch": progress.epoch,
                "seconds": round(now - self._read_from, 1),
                "seconds_of_all": round(now, 1),
                "cpu_seconds": round(time.process_time() - self._cpu, 1),
                "ndcg": round(progress.metrics["validation"], 4),
            }
            self.lines.append(line)
            print(json.dumps(line), flush=True)


def judged(protocol: Protocol, arrays: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """HR@10 and NDCG@10 with its standard error, of each part that there is and of the whole."""
    counted = SequenceScorer({k: v for k, v in arrays.items() if not is_neural(k)}, settings)
    models: dict[str, Scores] = {"counted": _each(counted)}
    if "neural_blend" in arrays:
        member, met = NeuralMember(arrays), np.asarray(arrays["item_neural_met"]) > 0
        models["transformer"] = lambda histories: np.stack(
            [member.log_chances(history[met[history]]) for history in histories]
        )
        models["blend"] = _each(SequenceScorer(arrays, settings))
    told = {}
    for name, model in models.items():
        found = measures(ranks(protocol, model))
        told[name] = {
            "hr": round(float(found["HR@10"].mean()), 4),
            "ndcg": round(float(found["NDCG@10"].mean()), 4),
            "error": round(float(found["NDCG@10"].std() / len(found["NDCG@10"]) ** 0.5), 4),
        }
    return told


def _each(scorer: SequenceScorer) -> Scores:
    return lambda histories: np.stack([scorer.scores(history) for history in histories])


def measured(
    data: Interactions, recipe: Recipe, seed: int, *, test: bool, always: bool
) -> dict[str, Any]:
    """Everything of one fit; the transformer is part of it where it helps, or ``always``."""
    last = leave_one_out(data, seed)
    before = Protocol(
        "validation",
        last.train,
        [history[:-1] for history in last.histories],
        np.array([history[-1] for history in last.histories]),
        True,
    )
    climb, started, cpu = Climb(), time.monotonic(), time.process_time()
    model = SequenceBlendModel(random_state=seed, transformer_from=1, recipe=recipe, device="cpu")
    gains: list[tuple[float, float]] = []

    def joins(lists: Lists) -> bool:
        gains.append(gain(lists))
        return always or helps(lists)

    with patch.object(join, "helps", joins):
        model.fit(last.train, progress=climb)
    arrays, settings = model.export()
    told = {
        "interactions": len(last.train),
        "users": last.train.num_users,
        "items": last.train.num_items - 1,
        "recipe": vars(recipe),
        "climb": climb.lines,
        "fit_seconds": round(time.monotonic() - started, 1),
        "fit_cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "gain": [round(one, 5) for pair in gains for one in pair],
        "blend": np.asarray(arrays.get("neural_blend", [])).round(3).tolist(),
        "validation": judged(before, arrays, settings),
    }
    if test:
        told["test"] = judged(last, arrays, settings)
    return told


def drawn(results: list[dict[str, Any]]) -> str:
    """The climbs as an SVG: NDCG@10 by seconds of the transformer's learning."""
    tall = 24 + HEIGHT
    panels = []
    for place, told in enumerate(results):
        title = f"{told['interactions']:,} interactions: NDCG@10 of users held out"
        points = [(line["seconds"], line["ndcg"]) for line in told["climb"]]
        chart = line_chart(
            title,
            [Series(name="NDCG@10", points=points, tone=2)],
            x_label="seconds",
            y=place * tall + 24,
        )
        panels.append(f'<text x="{LEFT}" y="{place * tall + 18}" fill="#222">{title}</text>{chart}')
    height = tall * len(results)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>The transformer learning</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{"".join(panels)}</svg>\n'
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ratings", type=Path, help="a MovieLens file")
    parser.add_argument("--millions", type=float, nargs="+", help="synthetic ratings")
    parser.add_argument("--recipe", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--test", action="store_true", help="the last items too, not to choose by")
    parser.add_argument("--always", action="store_true", help="join even where it does not help")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--draw", type=Path, help="an SVG of the climbs")
    options = parser.parse_args()
    changed = dict(one.split("=") for one in options.recipe)
    kinds = {name: type(value) for name, value in vars(ON_CPU).items()}
    recipe = Recipe(**{**vars(ON_CPU), **{k: kinds[k](v) for k, v in changed.items()}})
    sets = [made_up(one) for one in options.millions or []] or [read_ratings(options.ratings)]
    results = []
    for data in sets:
        told = measured(data, recipe, options.seed, test=options.test, always=options.always)
        told |= {"cores": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()]}
        results.append(told)
        print(json.dumps({name: one for name, one in told.items() if name != "climb"}), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    if options.draw:
        options.draw.write_text(drawn(results))


if __name__ == "__main__":
    main()
