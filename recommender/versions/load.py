"""Loading the artifact of a version to serve from, mapped read-only. Never imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, cast

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.kinds import Kind, ModelT, ScorerT, ScorerT_co
from recommender.learning.arrays import BoolArray, IntArray
from recommender.learning.artifact import DamagedArtifactError, read_artifact
from recommender.learning.interfaces import Scorer
from recommender.learning.presets.mix import Mixes
from recommender.models import ModelVersion
from recommender.versions.artifacts import forget, local_folder

FEATURE_CODES = "feature_codes"
CONTENT_MARKS = "item_content_marks"
MIXES = "mixes"


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedVersion(Generic[ScorerT_co]):
    """A version in memory.

    ``movie_ids`` (num_items,) says which movie each item is; ``item_vectors`` (num_items, d) are
    near each other for films that are alike, None where the model has none. ``is_rated``
    (num_items,) says of which items it knows more than their content, None of all; and
    ``feature_codes`` (f,) by which features it tells content, ``content_marks`` (num_items,) what
    each item's was; ``mixes`` how it counts beside the version that was live when it was trained:
    see :class:`recommender.data.movie_features.MovieFeatures`.
    """

    kind: str
    pk: int
    trained_at: datetime | None
    watermark: datetime | None
    scorer: ScorerT_co
    movie_ids: IntArray
    item_vectors: NDArray[np.float32] | None
    is_rated: BoolArray | None = None
    content_marks: IntArray | None = None
    mixes: Mixes | None = None
    feature_codes: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.pk}"


Loaded = Mapping[str, LoadedVersion[Scorer] | None]


def load(version: ModelVersion, *, verify: bool = True) -> LoadedVersion[Scorer]:
    """Map a version's artifact; without ``verify`` it is not read whole before.

    Raises ``ArtifactError`` when it is missing, damaged or no model that this code can read.
    """
    return load_as(kinds.get(version.kind), version, verify=verify)


def load_as(
    kind: Kind[ModelT, ScorerT], version: ModelVersion, *, verify: bool = True
) -> LoadedVersion[ScorerT]:
    """`load`, where it is known what the version answers."""
    try:
        artifact = read_artifact(local_folder(version.artifact), verify=verify)
    except DamagedArtifactError:
        forget(version.artifact)
        raise
    # Plain views of the mapped files: numpy's memmap class makes each small slice slow.
    arrays = {name: np.asarray(array) for name, array in artifact.arrays.items()}
    try:
        movie_ids = arrays["item_movie_ids"]
        item_vectors = arrays.get("item_embeddings")
        scorer = kind.serve(arrays, artifact.manifest["settings"])
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedArtifactError(f"{version.artifact} is no {version.kind}: {error!r}") from error
    if scorer.num_items != len(movie_ids):
        raise DamagedArtifactError(
            f"{version.artifact} names {len(movie_ids)} movies for {scorer.num_items} items"
        )
    return LoadedVersion(
        kind=version.kind,
        pk=version.pk,
        trained_at=version.trained_at,
        watermark=version.watermark,
        scorer=scorer,
        movie_ids=movie_ids,
        item_vectors=item_vectors,
        is_rated=None if (counts := arrays.get("item_counts")) is None else counts > 0,
        content_marks=arrays.get(CONTENT_MARKS),
        mixes=Mixes.from_settings(mixes) if (mixes := version.settings.get(MIXES)) else None,
        feature_codes=arrays.get(FEATURE_CODES, np.zeros(0, np.int64)),
    )


def of_kind(loaded: Loaded, kind: Kind[ModelT, ScorerT]) -> LoadedVersion[ScorerT] | None:
    """The version of a kind: what its scorer can do is what the kind says."""
    return cast("LoadedVersion[ScorerT] | None", loaded.get(kind.name))
