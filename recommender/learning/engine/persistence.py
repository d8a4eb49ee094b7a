"""A fitted model on disk and back, through :mod:`recommender.learning.artifact`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recommender.learning.artifact import (
    Artifact,
    DamagedArtifactError,
    ForeignArtifactError,
    StrPath,
    read_artifact,
    write_artifact,
)
from recommender.learning.interactions import Interactions, SequenceInteractions


def fingerprint(data: Interactions | SequenceInteractions) -> str:
    """A sha256 of everything that a model learns from, to tell data sets apart."""
    digest = hashlib.sha256()
    names = ("sequences", "user_ids", "item_ids", "ratings", "timestamps", "weights")
    for name in names:
        column = getattr(data, name, None)
        if column is not None:
            digest.update(f"{name} {column.dtype} {column.shape}".encode())
            digest.update(np.ascontiguousarray(column).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def save_model(
    folder: StrPath,
    kind: str,
    arrays: Mapping[str, NDArray[Any]],
    manifest: Mapping[str, Any],
) -> None:
    """Write ``arrays`` and a manifest that says which ``kind`` of model they are."""
    write_artifact(folder, arrays, {**manifest, "model": kind})


def save_net(folder: StrPath, kind: str, net: nn.Module, manifest: Mapping[str, Any]) -> None:
    """Write the weights of ``net`` and a manifest that says which ``kind`` of model it is."""
    arrays = {name: value.detach().cpu().numpy() for name, value in net.state_dict().items()}
    save_model(folder, kind, arrays, manifest)


def open_model(folder: StrPath, kind: str) -> Artifact:
    """Read what :func:`save_model` or :func:`save_net` wrote.

    Raises ``ForeignArtifactError`` when the folder has a model of another kind, and the errors of
    :func:`recommender.learning.artifact.read_artifact`.
    """
    artifact = read_artifact(folder)
    if artifact.manifest.get("model") != kind:
        found = artifact.manifest.get("model")
        raise ForeignArtifactError(f"{folder} has a model of kind {found!r}, not {kind!r}")
    return artifact


def load_weights(net: nn.Module, artifact: Artifact) -> None:
    """Put saved weights into ``net``. Raises ``DamagedArtifactError`` when they do not fit it."""
    state = {name: torch.from_numpy(array.copy()) for name, array in artifact.arrays.items()}
    try:
        net.load_state_dict(state)
    except RuntimeError as error:
        raise DamagedArtifactError(f"the saved weights do not fit the model: {error}") from error


@torch.no_grad()
def keep_learned_rows(old: Mapping[str, Tensor], net: nn.Module) -> None:
    """Copy weights of a smaller net into ``net``: a table keeps its rows, new rows stay fresh."""
    for name, value in net.named_parameters():
        before = old.get(name)
        if before is None or before.dim() == 0 or before.shape[1:] != value.shape[1:]:
            continue
        rows = min(len(before), len(value))
        value[:rows] = before[:rows]
