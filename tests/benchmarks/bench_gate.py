"""How often the gate turns down a candidate that is as good, and one that is worse.

python -m tests.benchmarks.bench_gate [--whole] [--seeds 4] [--draws 10] [--fits FOLDER]

Versions of a kind are fitted to the same ratings with other seeds; each in turn is the candidate
for each other one's place, and the best of the rest stands for the best of the last five. A draw
is another site: its users are drawn with replacement, and each one's answers are dealt to the
versions by chance, so that no version is truly better while the noise between fits stays. A worse
candidate has a share of its answers from the baseline (mean rating, most rated films), as large as
makes it worse by so much. The former rule (the three newest questions of each user, 1,000 in all,
MRR, margin 1 %, certainty 80 %) is asked the same. One JSON object a line, with 95 % intervals by
Wilson. Small by default: the factorization alone; `--whole` adds the sequence model, whose fits
take minutes. Fits and answers are kept in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import django
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .ratings_file import read_ratings

HOLDOUT_PERCENT = 5.0
LOSSES = (0.0, 0.02, 0.05, 0.10)
FORMER_PER_USER, FORMER_QUESTIONS, FORMER_MARGIN, FORMER_CERTAINTY = 3, 1000, 0.01, 0.8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One contest's questions: whose they are, each version's answers (versions, n), and the
    baseline's (n,)."""

    name: str
    measure: str
    users: Ints
    answers: Floats
    baseline: Floats


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--draws", type=int, default=10, help="sites drawn for each pair")
    parser.add_argument("--fits", type=Path, default=Path(tempfile.gettempdir()) / "bench_gate")
    parser.add_argument("--ratings", type=Path, help="a MovieLens file; else ratings_small.csv")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    for name, value in (
        ("SECRET_KEY", "x"),
        ("DATABASE_URL", "postgres://nobody@localhost/none"),
        ("REDIS_URL", "redis://localhost"),
    ):
        os.environ.setdefault(name, value)
    django.setup()
    for kind in ("factorization", "sequence")[: 2 if options.whole else 1]:
        parts = answers_of(kind, options)
        former = former_questions(parts[0].users)
        for pair in verdicts_of_fits(parts, former):
            print(json.dumps({"kind": kind, **pair}), flush=True)
        for loss in LOSSES:
            line = rates(parts, former, loss, options.draws)
            print(json.dumps({"kind": kind, "loss_percent": 100 * loss, **line}), flush=True)


# --- Versions and their answers ---------------------------------------------------------------


def answers_of(kind: str, options: argparse.Namespace) -> list[Part]:
    """What each version answers, asked as the gate asks."""
    from recommender.gate.evaluate import (
        BaselineExaminee,
        VersionExaminee,
        choose_questions,
        forward_star_errors,
        late,
        ranks,
        star_errors,
    )
    from recommender.gate.holdout import held_out
    from recommender.gate.page import Page, choose_liked, page_ranks

    snapshot = snapshot_of(options.ratings)
    hidden = held_out(snapshot.user_ids, snapshot.movie_ids, HOLDOUT_PERCENT)
    versions = [fitted(kind, seed, snapshot, hidden, options.fits) for seed in range(options.seeds)]
    other_kind = "sequence" if kind == "factorization" else "factorization"
    beside = fitted(other_kind, 0, snapshot, hidden, options.fits) if options.whole else None
    rows = choose_questions(snapshot, HOLDOUT_PERCENT, 20_000)
    newest = rows[late(snapshot, rows)]
    liked = choose_liked(snapshot, rows, hidden)
    baseline = BaselineExaminee(snapshot, ~hidden)
    examinees = [*(VersionExaminee(one.scorer, one.movie_ids) for one in versions), baseline]

    def part(name: str, measure: str, asked: Ints, found: list[Floats]) -> Part:
        table = np.stack(found)
        return Part(name, measure, snapshot.user_ids[asked], table[:-1], table[-1])

    def keep(name: str, ask: Callable[[], list[Floats]]) -> list[Floats]:
        path = options.fits / f"{kind}-{name}-{options.seeds}.npy"
        if not path.exists():
            np.save(path, np.stack(ask()))
        return list(np.load(path))

    ask = star_errors if kind == "factorization" else ranks
    measure = "stars" if kind == "factorization" else "next"
    every = keep("all", lambda: [ask(snapshot, rows, one, ignore) for one in examinees])
    if kind == "factorization":
        forward = keep(
            "forward",
            lambda: [forward_star_errors(snapshot, newest, one, ignore) for one in examinees],
        )
    else:
        forward = [found[late(snapshot, rows)] for found in every]
    parts = [part("gate", measure, rows, every), part("forward", measure, newest, forward)]
    if beside is not None:
        pages = [
            Page.of(one, beside) if kind == "factorization" else Page.of(beside, one)
            for one in versions
        ]
        popular = keep("popular", lambda: [ranks(snapshot, liked, baseline, ignore)])
        on_pages = keep(
            "page", lambda: [page_ranks(snapshot, liked, hidden, one, ignore) for one in pages]
        )
        parts.append(part("page", "page", liked, on_pages + popular))
    return parts


def snapshot_of(path: Path | None):
    from recommender.data.snapshot import Fingerprint, Snapshot

    data = read_ratings(path)
    data = data.take(data.time_order())
    movie_ids = np.arange(data.num_items, dtype=np.int64)
    return Snapshot(
        user_ids=data.user_ids + 1,
        movie_ids=data.item_ids,
        stars=data.ratings,
        rated_at=data.timestamps,
        updated_at=data.timestamps * 1_000_000,
        item_movie_ids=movie_ids,
        item_features=sp.csr_matrix((len(movie_ids), 0), dtype=np.float32),
        fingerprint=Fingerprint(rating_count=len(data), watermark=None, data_hash="", departures=0),
    )


def fitted(kind: str, seed: int, snapshot, hidden: NDArray[np.bool_], folder: Path):
    """A version of the kind, fitted to what is not hidden unless the folder has it."""
    from recommender.learning import presets
    from recommender.learning.artifact import read_artifact, write_artifact
    from recommender.learning.interactions import Interactions
    from recommender.versions.load import SCORERS, LoadedVersion

    place = folder / f"{kind}-{seed}"
    if not place.is_dir():
        make = presets.explicit if kind == "factorization" else presets.sequence
        known = Interactions(
            snapshot.user_ids[~hidden],
            snapshot.movie_ids[~hidden],
            ratings=snapshot.stars[~hidden],
            timestamps=snapshot.rated_at[~hidden],
            num_items=len(snapshot.item_movie_ids),
        )
        arrays, settings = make(random_state=seed).fit(known).export()
        place.mkdir(parents=True)
        write_artifact(place, arrays, {"settings": settings})
    artifact = read_artifact(place)
    arrays = {name: np.asarray(array) for name, array in artifact.arrays.items()}
    return LoadedVersion(
        kind=kind,
        pk=seed,
        trained_at=datetime.now(UTC),
        watermark=None,
        scorer=SCORERS[kind](arrays, artifact.manifest["settings"]),
        movie_ids=snapshot.item_movie_ids,
        item_vectors=None,
    )


def ignore(done: int) -> None:
    """Nobody is told how far the answers have come."""


# --- Sites, verdicts and how often each comes out -----------------------------------------------


def verdicts_of_fits(parts: list[Part], former: NDArray[np.bool_]) -> Iterator[dict[str, object]]:
    """The fits as they are, each pair once."""
    everybody = np.unique(parts[0].users)
    for roles in pairs(len(parts[0].answers)):
        dealt = np.repeat(np.array(roles)[:, None], len(everybody), axis=1)
        site = [Site.of(part, everybody, dealt) for part in parts]
        passed, findings = present_rule(site)
        yield {
            "candidate": int(roles[0]),
            "live": int(roles[1]),
            "turned_down": not passed,
            "formerly": not former_rule(site[0], former),
            **{f"{name}_gain_percent": round(100 * gain, 3) for name, gain in findings},
        }


def rates(
    parts: list[Part], former: NDArray[np.bool_], loss: float, draws: int
) -> dict[str, object]:
    """Shares of candidates turned down that are worse by ``loss`` in everything."""
    random = np.random.default_rng(0)
    everybody = np.unique(parts[0].users)
    versions = len(parts[0].answers)
    now, before = [], []
    for _ in pairs(versions):
        for _ in range(draws):
            drawn = random.choice(everybody, len(everybody))
            dealt = random.permuted(np.tile(np.arange(versions)[:, None], len(drawn)), axis=0)
            site = [Site.of(part, drawn, dealt) for part in parts]
            for one in site:
                one.spoil(loss, random)
            now.append(not present_rule(site)[0])
            before.append(not former_rule(site[0], former))
    return {"turned_down": share(now), "formerly": share(before)}


def pairs(versions: int) -> Iterator[list[int]]:
    """Candidate, live version, and the rest."""
    for pair in permutations(range(versions), 2):
        yield [*pair, *(one for one in range(versions) if one not in pair)]


@dataclass
class Site:
    """The answers of a part, of users drawn from it: candidate's, live version's, others'."""

    part: Part
    rows: Ints
    users: Ints
    answers: Floats

    @classmethod
    def of(cls, part: Part, drawn: Ints, dealt: Ints) -> Site:
        """``dealt`` (versions, n) says whose answers each role has, for each of n users drawn."""
        start = np.searchsorted(part.users, drawn)
        size = np.searchsorted(part.users, drawn, side="right") - start
        rows = np.arange(size.sum()) + np.repeat(start - np.cumsum(size) + size, size)
        users = np.repeat(np.arange(len(drawn)), size)
        answers = np.take_along_axis(part.answers[:, rows], dealt[:, users], axis=0)
        return cls(part, rows, users, answers)

    def spoil(self, loss: float, random: np.random.Generator) -> None:
        """Make the candidate worse by ``loss``, as its value is expected to be."""
        from recommender.gate.verdict import Measure

        measure = Measure(self.part.measure)
        own, other = (measure.losses(one).mean() for one in (self.part.answers, self.part.baseline))
        goal = own * (1 + loss) ** 2 if measure is Measure.STARS else own + np.log1p(loss)
        spoilt = random.random(len(self.rows)) < (goal - own) / (other - own)
        self.answers[0, spoilt] = self.part.baseline[self.rows[spoilt]]


def present_rule(site: list[Site]) -> tuple[bool, list[tuple[str, float]]]:
    """The gate's verdict with its defaults."""
    from recommender.gate.compare import FORWARD_LENIENCY, rules_of
    from recommender.gate.verdict import Contest, Measure, judge
    from recommender.models import RetrainingPolicy

    def contest(name: str, one: Site, role: int) -> Contest:
        return Contest(
            name=name,
            measure=Measure(one.part.measure),
            about=name,
            opponent="",
            user_ids=one.users,
            candidate=one.answers[0],
            against=one.answers[role],
            leniency=FORWARD_LENIENCY if name == "forward" else 1.0,
        )

    contests = [contest(one.part.name, one, 1) for one in site]
    losses = contests[0].measure.losses(site[0].answers).mean(axis=1)
    best = int(losses[1:].argmin()) + 1
    if best != 1:
        contests.append(contest("best", site[0], best))
    verdict = judge(contests, rules_of(RetrainingPolicy()))
    return verdict.passed, [(finding.name, finding.gain) for finding in verdict.findings]


def former_questions(users: Ints) -> NDArray[np.bool_]:
    """The three newest of each user, and of these at most 1,000, evenly instead of the newest."""
    from_end = np.searchsorted(users, users, side="right") - np.arange(len(users))
    asked = from_end <= FORMER_PER_USER
    chance = min(1.0, FORMER_QUESTIONS / asked.sum())
    return asked & (np.random.default_rng(0).random(len(users)) < chance)


def former_rule(site: Site, asked: NDArray[np.bool_]) -> bool:
    """Whether the rule before this one lets the candidate pass."""
    kept = asked[site.rows]
    users = np.unique(site.users[kept], return_inverse=True)[1]
    own, other = site.answers[:2, kept]
    if site.part.measure != "stars":
        own, other = 1 / own, 1 / other
    sums = np.stack([np.bincount(users, weights) for weights in (own, other)])
    draws = np.random.default_rng(0).multinomial(
        sums.shape[1], np.full(sums.shape[1], 1 / sums.shape[1]), size=1000
    )
    own, other = sums @ draws.T
    gains = 1 - np.sqrt(own / other) if site.part.measure == "stars" else own / other - 1
    return bool((gains < -FORMER_MARGIN).mean() < FORMER_CERTAINTY)


def share(outcomes: list[bool]) -> dict[str, float | int]:
    """In percent, with the 95 % interval by Wilson."""
    count, rate, z = len(outcomes), float(np.mean(outcomes)), 1.96
    middle = (rate + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(rate * (1 - rate) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return {
        "percent": round(100 * rate, 1),
        "low": round(100 * max(0.0, middle - half), 1),
        "high": round(100 * min(1.0, middle + half), 1),
        "trials": count,
    }


if __name__ == "__main__":
    main()
