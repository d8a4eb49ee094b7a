"""The kinds of model that the site trains, judges and serves: one line each, at the end.

A kind answers one of two questions, and of each question the first kind here that has a live
version answers for the pages. Nothing here imports torch: it comes with a model that is made, in
workers, and never with a scorer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from recommender.learning.interfaces import (
    Arrays,
    Model,
    NextItemModel,
    NextItemScorer,
    Place,
    Scorer,
    Settings,
    StarModel,
    StarScorer,
)
from recommender.learning.presets import explicit, sequence
from recommender.learning.presets.memory import explicit_memory, sequence_memory
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.stars.scorer import FactorizationScorer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ModelT = TypeVar("ModelT", bound=Model)
ScorerT = TypeVar("ScorerT", bound=Scorer)
ModelT_co = TypeVar("ModelT_co", bound=Model, covariant=True)
ScorerT_co = TypeVar("ScorerT_co", bound=Scorer, covariant=True)


@dataclass(frozen=True)
class Kind(Generic[ModelT_co, ScorerT_co]):
    """A kind of model.

    Attributes
    ----------
    name, label
        As rows, addresses and commands have it, and as people read it.
    make
        Makes an unfitted model from a seed and the place where it will be fitted.
    serve
        Makes a scorer from what that model exported.
    memory
        How many bytes a training takes at most, from the number of ratings, people and films; it
        is not begun where so much is not free. Without one it is always tried.
    metric
        By which the gate compares two versions.
    """

    metric: ClassVar[str]

    name: str
    label: StrOrPromise
    make: Callable[[int, Place], ModelT_co]
    serve: Callable[[Arrays, Settings], ScorerT_co]
    memory: Callable[[int, int, int], int] | None = None


class StarKind(Kind[StarModel, StarScorer]):
    """How many stars will this member give this film?"""

    metric = "rmse"


class NextItemKind(Kind[NextItemModel, NextItemScorer]):
    """Which film will this member watch after these?"""

    metric = "mrr"


AnyKind = StarKind | NextItemKind
KindT = TypeVar("KindT", StarKind, NextItemKind)

NAME = r"^[A-Za-z0-9_-]{1,20}$"
"""As the database has it too, which knows no list of kinds: a new one needs no migration."""

_kinds: dict[str, AnyKind] = {}


class UnknownKindError(LookupError):
    """No kind of this name is registered."""


def register(kind: KindT) -> KindT:
    """Have a kind trained, judged and served.

    Raises ``ValueError`` for a name that is taken, or that is not up to 20 letters, digits,
    hyphens and underscores.
    """
    if not re.fullmatch(NAME, kind.name):
        raise ValueError(f"the name of a kind must match {NAME}, got {kind.name!r}")
    if kind.name in _kinds:
        raise ValueError(f"the kind {kind.name!r} is registered already")
    _kinds[kind.name] = kind
    return kind


def get(name: str) -> AnyKind:
    """The kind of this name. Raises `UnknownKindError`, which lists those that there are."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKindError(f"kind must be one of {', '.join(_kinds)}, got {name!r}") from None


def registered() -> list[AnyKind]:
    """All kinds, in the order of their lines."""
    return list(_kinds.values())


def star_kinds() -> list[StarKind]:
    return [kind for kind in registered() if isinstance(kind, StarKind)]


def next_item_kinds() -> list[NextItemKind]:
    return [kind for kind in registered() if isinstance(kind, NextItemKind)]


def names() -> list[str]:
    return list(_kinds)


def choices() -> list[tuple[str, StrOrPromise]]:
    """For Django's fields, which ask each time: no migration knows them."""
    return [(kind.name, kind.label) for kind in registered()]


def number(name: str) -> int:
    """The place of a kind's line, as keys of advisory locks have it: lines are never reordered."""
    return names().index(name)


register(
    StarKind(
        "factorization",
        _("factorization"),
        lambda seed, place: explicit(seed, device=place.device),
        FactorizationScorer,
        explicit_memory,
    )
)
register(
    NextItemKind(
        "sequence",
        _("sequence"),
        lambda seed, place: sequence(seed, device=place.device, processes=place.processes),
        SequenceScorer,
        sequence_memory,
    )
)
