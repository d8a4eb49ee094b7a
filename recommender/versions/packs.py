"""Packs: trained models in one file, so that another site serves before its first training.

A pack is a ZIP of artifacts (:mod:`recommender.learning.artifact`) and ``pack.json``. Its models
know items only, none of them a member, and name films by their ids at MovieLens, IMDb and TMDB.
What a model learned of content is left out: it is told by genres and people of this database.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from numpy.typing import NDArray

from catalog.models import Dataset
from recommender import kinds
from recommender.data.postgres_copy import copy_columns
from recommender.learning.arrays import IntArray, positions
from recommender.learning.artifact import (
    ARRAYS_FILE,
    MANIFEST_FILE,
    Artifact,
    ArtifactError,
    read_artifact,
    write_artifact,
)
from recommender.models import ModelVersion
from recommender.versions import artifacts
from recommender.versions.code_version import code_version
from recommender.versions.load import CONTENT_MARKS, FEATURE_CODES, load
from recommender.versions.publish import publish

FORMAT = "matinee-pack"
FORMAT_VERSION = 1
ABOUT_FILE = "pack.json"
MOST_BYTES = 8 << 30  # of a file in a pack, unpacked

MOVIE_IDS = "item_movie_ids"
OF_CONTENT = (FEATURE_CODES, CONTENT_MARKS)
# The best first: MovieLens' own ids are those that ratings came with.
IDS = {
    "item_movielens_ids": "movielens_id::int8",
    "item_ml_100k_ids": "ml_100k_id::int8",
    "item_imdb_ids": "substr(imdb_id, 3)::int8",
    "item_tmdb_ids": "tmdb_id::int8",
}


class PackError(Exception):
    """A pack cannot be read, or does not suit this site; the message says why."""


def pack_versions(
    versions: Sequence[ModelVersion], target: Path, *, licence: str = ""
) -> dict[str, Any]:
    """Write a pack of versions and return what its ``pack.json`` says.

    ``licence`` is added to those of the datasets that this site was filled with. Raises
    ``ArtifactError`` when the files of a version are gone or damaged, ``OSError`` when ``target``
    cannot be written, which leaves nothing there.
    """
    about = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "made_at": timezone.now().isoformat(),
        "code_version": code_version(),
        "licence": licence,
        "data": list(Dataset.objects.order_by("slug").values("title", "licence", "citation")),
        "models": [_described(version) for version in versions],
    }
    part = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr(ABOUT_FILE, json.dumps(about, indent=2))
            for version in versions:
                with tempfile.TemporaryDirectory() as folder:
                    _write_portable(version, Path(folder))
                    for name in (ARRAYS_FILE, MANIFEST_FILE):
                        pack.write(Path(folder) / name, f"{version.kind}/{name}")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return about


def install_pack(file: Path, *, activate: bool = False) -> list[ModelVersion]:
    """Make versions of the models in a pack; those go live whose kind has no live version yet.

    With ``activate`` all of them do. All are installed or none. Raises `PackError`.
    """
    stored: list[str] = []
    try:
        with _unpacked(file) as (about, folder), transaction.atomic():
            versions = [
                _install(folder / str(model["kind"]), model, about, stored)
                for model in about["models"]
            ]
            for version in versions:
                if activate or ModelVersion.objects.live(version.kind) is None:
                    publish(version, version.reason)
    except BaseException as error:
        for name in stored:
            artifacts.remove(name)
        if isinstance(error, (KeyError, TypeError, ValueError, ArtifactError)):
            raise PackError(f"{file} is no pack that this version reads: {error}") from error
        raise
    return versions


def _described(version: ModelVersion) -> dict[str, Any]:
    return {
        "kind": version.kind,
        "trained_at": version.trained_at.isoformat(),
        "rating_count": version.rating_count,
        "seed": version.seed,
        "metrics": version.metrics,
    }


def _write_portable(version: ModelVersion, folder: Path) -> None:
    artifact = read_artifact(artifacts.local_folder(version.artifact))
    arrays = {
        name: array
        for name, array in artifact.arrays.items()
        if name not in (MOVIE_IDS, *OF_CONTENT) and not name.startswith("content_")
    }
    movies, *ids = _known_ids()
    places = positions(movies, artifact.arrays[MOVIE_IDS])
    for name, of_movies in zip(IDS, ids, strict=True):
        arrays[name] = np.append(of_movies, 0)[places]  # the place of what is not there is -1
    manifest = {"kind": version.kind, "settings": artifact.manifest["settings"]}
    write_artifact(folder, arrays, manifest)


def _known_ids() -> list[NDArray[Any]]:
    """The films' keys in ascending order, then their ids of each kind; 0 where there is none."""
    columns = ", ".join(f"coalesce({column}, 0)" for column in IDS.values())
    found = copy_columns(
        f"SELECT movie_id::int8, {columns} FROM catalog_link ORDER BY movie_id",  # noqa: S608
        dict.fromkeys(("movie", *IDS), np.int64),
    )
    return list(found.values())


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    try:
        with zipfile.ZipFile(file) as pack, tempfile.TemporaryDirectory() as temporary:
            about = json.loads(pack.read(ABOUT_FILE))
            if about["format"] != FORMAT or about["format_version"] != FORMAT_VERSION:
                raise PackError(
                    f"{file} has format {about['format']} {about['format_version']}; this version "
                    f"reads {FORMAT} {FORMAT_VERSION}"
                )
            for model in about["models"]:
                kind = str(model["kind"])
                if kind not in kinds.names():
                    raise PackError(f"{file} has a model of kind {kind!r}, which is not known here")
                for name in (ARRAYS_FILE, MANIFEST_FILE):
                    _extract(pack, f"{kind}/{name}", Path(temporary) / kind / name)
            yield about, Path(temporary)
    except (zipfile.BadZipFile, UnicodeDecodeError, json.JSONDecodeError, EOFError) as error:
        raise PackError(f"{file} is damaged or no pack: {error}") from error
    except FileNotFoundError as error:
        raise PackError(f"{file} is not there") from error


def _extract(pack: zipfile.ZipFile, name: str, target: Path) -> None:
    if pack.getinfo(name).file_size > MOST_BYTES:
        raise PackError(f"{name} in the pack has more than {MOST_BYTES} bytes")
    target.parent.mkdir(exist_ok=True)
    with pack.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)


def _install(
    folder: Path, model: Mapping[str, Any], about: Mapping[str, Any], stored: list[str]
) -> ModelVersion:
    artifact = read_artifact(folder)
    movie_ids = _local_films(artifact)
    known = int((movie_ids > 0).sum())
    if not known:
        raise PackError("none of the films in the pack is here: import a dataset first")
    version = ModelVersion.objects.create(
        kind=model["kind"],
        trained_at=_time(model["trained_at"]),
        rating_count=int(model["rating_count"]),
        seed=int(model["seed"]),
        metrics=dict(model["metrics"]),
        code_version=str(about["code_version"]),
        settings={"pack": {"made_at": about["made_at"], "data": about["data"]}},
        reason=f"from a pack of {about['made_at'][:10]}, {known} of its films are here",
    )
    version.artifact = f"{version.kind}/{version.pk}"
    version.save(update_fields=["artifact"])
    stored.append(version.artifact)
    arrays = {name: array for name, array in artifact.arrays.items() if name not in IDS}
    settings = artifact.manifest["settings"]
    manifest = {"kind": version.kind, "version": version.pk, "settings": settings}
    artifacts.store(version.artifact, {**arrays, MOVIE_IDS: movie_ids}, manifest)
    load(version)
    return version


def _local_films(artifact: Artifact) -> IntArray:
    """The film here of each item (num_items,): one film is one item's; negative where none is."""
    movies, *ids_here = _known_ids()
    items = len(artifact.arrays[next(iter(IDS))])
    found = -np.arange(items)
    taken = np.zeros(len(movies), bool)
    for name, here in zip(IDS, ids_here, strict=True):
        order = np.argsort(here, kind="stable")
        places = positions(here[order], artifact.arrays[name])
        films = np.append(order, -1)[places]
        asked = np.flatnonzero((found < 0) & (artifact.arrays[name] > 0) & (films >= 0))
        asked = asked[~taken[films[asked]]]
        _, first = np.unique(films[asked], return_index=True)
        asked = asked[first]
        found[asked] = movies[films[asked]]
        taken[films[asked]] = True
    return found


def _time(text: str) -> datetime:
    time = parse_datetime(text)
    if time is None:
        raise ValueError(f"{text!r} is no time")
    return time
