"""Sites drawn from the answers of a few versions, and what the gate's rules say of them.

For tests.benchmarks.bench_gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

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
