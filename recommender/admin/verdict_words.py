"""What a version can do, and what the gate found, in words for who knows no metric."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommender import kinds
from recommender.kinds import StarKind
from recommender.models import ModelVersion, VersionStatus

HITS = "hit_rate@10"

QUESTIONS = {
    "gate": gettext_lazy("All held-out ratings"),
    "forward": gettext_lazy("The newest ratings, foretold from what came before"),
    "page": gettext_lazy("Films that members liked, among their top picks"),
    "best": gettext_lazy("Against the best of the last live versions"),
}
MEANINGS = {
    VersionStatus.LIVE: gettext_lazy("Members see this version now."),
    VersionStatus.CANDIDATE: gettext_lazy("Trained, and never shown to members."),
    VersionStatus.RETIRED: gettext_lazy("Was live once; a later version took its place."),
    VersionStatus.REJECTED: gettext_lazy("Turned down, by the gate or by somebody here."),
}
TERMS = (
    (
        gettext_lazy("Version"),
        gettext_lazy(
            "What one training has learned. Of each kind one version is live: it answers members."
        ),
    ),
    (
        gettext_lazy("Held-out ratings"),
        gettext_lazy(
            "A few ratings that no version learns from, so that each can be asked about them."
        ),
    ),
    (
        gettext_lazy("Within … stars"),
        gettext_lazy(
            "How far predictions are from the stars that members then gave: the root of the mean "
            "squared error (RMSE). Smaller is better; a difference of .01 is much."
        ),
    ),
    (
        gettext_lazy("Among the first ten"),
        gettext_lazy(
            "How often the film that a member went on to rate was among the ten put forward. "
            "Larger is better. MRR says the same of all places: the mean of one divided by the "
            "film's place."
        ),
    ),
    (
        gettext_lazy("Better in … of 100 resamples"),
        gettext_lazy(
            "The comparison is repeated with members drawn by lot. Better in 96 of 100 draws is "
            "hardly luck; better in 50 of 100 is a tie."
        ),
    ),
    (
        gettext_lazy("Gate"),
        gettext_lazy(
            "Compares each new version with the live one, and turns it down where it is surely "
            "worse. How sure, and how much worse, is in the retraining settings."
        ),
    ),
    (
        gettext_lazy("Pinned"),
        gettext_lazy(
            "Files of a pinned version are kept, and a pinned live version is replaced by nobody "
            "but you."
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One comparison of the gate: what was asked, and what came of it."""

    asked: str
    told: str


def meaning(version: ModelVersion) -> str:
    """What its status means for members."""
    return str(MEANINGS[VersionStatus(version.status)])


def accuracy(version: ModelVersion) -> str:
    """How good it is, and how good the one was that it was compared with; empty if unknown."""
    sentences = [_own(version), _other(version), _ahead(version)]
    return " ".join(sentence for sentence in sentences if sentence)


def findings(version: ModelVersion) -> list[Found]:
    """What the gate found, comparison by comparison."""
    return list(_findings(version))


def _own(version: ModelVersion) -> str:
    metrics = version.metrics
    if _in_stars(version) and "rmse" in metrics:
        return _("Predicts stars within %(own)s.") % {"own": _stars(metrics["rmse"])}
    if HITS in metrics:
        return _("The next film is among its first ten %(own)s times in 100.") % {
            "own": _of_100(metrics[HITS])
        }
    return ""


def _other(version: ModelVersion) -> str:
    metrics, opponent = version.metrics, version.metrics.get("gate_opponent")
    if _in_stars(version) and "against_rmse" in metrics:
        value = _stars(metrics["against_rmse"])
        if opponent is None:
            return _("The same stars for every film: %(other)s.") % {"other": value}
    elif f"against_{HITS}" in metrics:
        value = _of_100(metrics[f"against_{HITS}"])
        if opponent is None:
            return _("The most rated films for everybody: %(other)s.") % {"other": value}
    else:
        return ""
    return _("The live one then, version %(n)s: %(other)s.") % {"n": opponent, "other": value}


def _ahead(version: ModelVersion) -> str:
    share = version.metrics.get("gate_ahead")
    if share is None:
        return ""
    return _("Better in %(n)s of 100 resamples.") % {"n": _of_100(share)}


def _findings(version: ModelVersion) -> Iterator[Found]:
    metrics = version.metrics
    for name, asked in QUESTIONS.items():
        if (gain := metrics.get(f"{name}_gain")) is None:
            continue
        told = _("%(percent)s %% better") if gain >= 0 else _("%(percent)s %% worse")
        words = [told % {"percent": _decimal(abs(gain) * 100)}]
        low, high = metrics.get(f"{name}_low"), metrics.get(f"{name}_high")
        if low is not None and high is not None:
            words.append(
                _("most likely between %(low)s %% and %(high)s %%")
                % {"low": _signed(low * 100), "high": _signed(high * 100)}
            )
        if (share := metrics.get(f"{name}_ahead")) is not None:
            words.append(_("better in %(n)s of 100 resamples") % {"n": _of_100(share)})
        yield Found(asked=str(asked), told="; ".join(words))


def _in_stars(version: ModelVersion) -> bool:
    return isinstance(kinds.get(version.kind), StarKind)


def _stars(value: float) -> str:
    return _("%(stars)s stars") % {"stars": number_format(value, 3)}


def _of_100(share: float) -> str:
    return number_format(100 * share, 0)


def _decimal(value: float) -> str:
    return number_format(value, 1)


def _signed(value: float) -> str:
    return ("−" if value < 0 else "+") + number_format(abs(value), 1)
