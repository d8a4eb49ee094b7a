"""The retraining schedule: a pure function of what the database says and the clock.

Nothing is counted in messages, so nothing is missed when a message is lost, a broker is emptied
or a worker was away: the next look at the database comes to the same decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from recommender.models import RunMode, RunTrigger

LONGEST_REST = timedelta(hours=1)
MOST_DOUBLINGS = 10


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The settings that the decision depends on; see `RetrainingPolicy`."""

    enabled: bool
    minimum_ratings: int
    max_age: timedelta | None
    debounce: timedelta
    debounce_max: timedelta
    rest: timedelta


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One kind of model, as the database shows it.

    Attributes
    ----------
    rating_count
        Ratings there are.
    newest_rating_at
        When the last of them was written.
    has_version
        Whether a version was ever trained, live or not.
    new_ratings, needed
        Ratings written and films added since the newest version's watermark (counted up to
        ``needed``), and how many start a run.
    tripped_at
        When the rating or film came that made it enough; None when it is not enough.
    full_at
        When the newest version trained from scratch was trained.
    changed_since_full
        Whether a rating or a film came since that version's watermark, or ratings were taken back.
    active
        Whether a run is queued or running.
    last_run_at, last_run_cancelled
        When the last run ended, and whether somebody cancelled it.
    failures
        Runs in a row, up to the last one, that failed or were lost.
    """

    rating_count: int
    newest_rating_at: datetime | None
    has_version: bool
    new_ratings: int
    needed: int
    tripped_at: datetime | None
    full_at: datetime | None
    changed_since_full: bool
    active: bool
    last_run_at: datetime | None
    last_run_cancelled: bool
    failures: int


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Train now in ``mode``, or wait; ``look_again_at`` says until when, where that is known.

    ``waits_for_ratings``: nothing but new ratings is missing.
    """

    reason: str
    mode: RunMode | None = None
    trigger: RunTrigger | None = None
    look_again_at: datetime | None = None
    waits_for_ratings: bool = False

    @property
    def train(self) -> bool:
        return self.mode is not None


def decide(seen: Observation, rules: Rules, now: datetime) -> Decision:
    """Whether it is time to train, and how."""
    wanted = _wanted(seen, rules, now)
    if not wanted.train:
        return wanted
    if seen.active:
        return Decision(reason="a run is queued or running")
    if (
        seen.last_run_cancelled
        and seen.last_run_at is not None
        and (seen.newest_rating_at is None or seen.newest_rating_at <= seen.last_run_at)
    ):
        return Decision(reason="the last run was cancelled and no rating was written since")
    rested_at = _rested_at(seen, rules)
    if rested_at is not None and now < rested_at:
        return Decision(reason=_rest_reason(seen), look_again_at=rested_at)
    if wanted.trigger == RunTrigger.RATINGS:
        quiet_at = _quiet_at(seen, rules)
        if now < quiet_at:
            return Decision(reason="ratings are still coming in", look_again_at=quiet_at)
    return wanted


def _wanted(seen: Observation, rules: Rules, now: datetime) -> Decision:
    if not rules.enabled:
        return Decision(reason="automatic retraining is switched off")
    if not seen.has_version:
        if seen.rating_count < max(1, rules.minimum_ratings):
            return Decision(
                reason=f"{seen.rating_count} ratings, {rules.minimum_ratings} are needed to begin"
            )
        return Decision(
            mode=RunMode.FULL, trigger=RunTrigger.FIRST, reason="there is no version yet"
        )
    if rules.max_age is not None and seen.changed_since_full:
        old_at = None if seen.full_at is None else seen.full_at + rules.max_age
        if old_at is None or now >= old_at:
            return Decision(
                mode=RunMode.FULL,
                trigger=RunTrigger.AGE,
                reason="the last full retrain is older than "
                f"{rules.max_age.total_seconds() / 3600:g} hours",
            )
    if seen.tripped_at is not None:
        return Decision(
            mode=RunMode.QUICK,
            trigger=RunTrigger.RATINGS,
            reason=f"{seen.needed} or more new ratings",
        )
    return Decision(
        reason=f"{seen.new_ratings} new ratings of {seen.needed}", waits_for_ratings=True
    )


def _rested_at(seen: Observation, rules: Rules) -> datetime | None:
    """A run may follow another after a rest, which doubles with each failure in a row."""
    if seen.last_run_at is None:
        return None
    rest = rules.rest
    if seen.failures:
        doubled = max(rules.rest, timedelta(seconds=10)) * 2 ** min(seen.failures, MOST_DOUBLINGS)
        rest = max(rules.rest, min(LONGEST_REST, doubled))
    return seen.last_run_at + rest


def _rest_reason(seen: Observation) -> str:
    if seen.failures:
        return f"resting after {seen.failures} failed runs in a row"
    return "resting after the last run"


def _quiet_at(seen: Observation, rules: Rules) -> datetime:
    """When the burst counts as over: a while after its last rating, but not for ever."""
    if seen.tripped_at is None or seen.newest_rating_at is None:
        raise ValueError(
            "seen must have tripped_at and newest_rating_at when new ratings start a run, "
            f"got {seen.tripped_at!r} and {seen.newest_rating_at!r}"
        )
    return min(seen.newest_rating_at + rules.debounce, seen.tripped_at + rules.debounce_max)
