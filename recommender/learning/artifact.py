"""A trained model on disk: arrays as safetensors beside a JSON manifest. Numpy only, no pickle.

The safetensors file is an 8-byte little-endian header length, a JSON header with each array's
dtype, shape and place, and the bytes of the arrays (https://huggingface.co/docs/safetensors).
Reading maps the file, so that every process on a machine shares one copy in memory.
"""

import contextlib
import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

ARRAYS_FILE = "model.safetensors"
MANIFEST_FILE = "manifest.json"
FORMAT = "matinee-model"
FORMAT_VERSION = 1

StrPath = str | os.PathLike[str]

_MAX_HEADER_BYTES = 100_000_000
_DTYPES = {
    "BOOL": np.bool_,
    "U8": np.uint8,
    "I8": np.int8,
    "U16": np.uint16,
    "I16": np.int16,
    "U32": np.uint32,
    "I32": np.int32,
    "U64": np.uint64,
    "I64": np.int64,
    "F16": np.float16,
    "F32": np.float32,
    "F64": np.float64,
}


class ArtifactError(Exception):
    """A model on disk cannot be used."""


class MissingArtifactError(ArtifactError):
    """There is no model in the folder."""


class DamagedArtifactError(ArtifactError):
    """The files are not what was written: cut short, changed or unreadable."""


class ForeignArtifactError(ArtifactError):
    """The files are sound, but not a model of ours, or of a format this version cannot read."""


@dataclass(frozen=True)
class Artifact:
    """``arrays`` are read-only views of the mapped file; ``manifest`` is the JSON object."""

    arrays: dict[str, NDArray[Any]]
    manifest: dict[str, Any]


def write_artifact(
    folder: StrPath,
    arrays: Mapping[str, NDArray[Any]],
    manifest: Mapping[str, Any],
) -> None:
    """Write ``arrays`` and ``manifest`` into ``folder``, which is made if needed.

    Each file is written beside its place, flushed to the disk and renamed, the manifest last: a
    folder with a manifest is whole. ``format``, ``format_version``, ``sha256`` and ``bytes`` are
    added to the manifest.

    Raises ``ValueError`` for an array of a dtype that safetensors cannot hold, and ``TypeError``
    for a manifest that is not JSON, and ``OSError`` when the system refuses to write.
    """
    for name, array in arrays.items():
        if array.dtype not in _DTYPES.values():
            raise ValueError(f"arrays[{name!r}] has dtype {array.dtype}, which cannot be stored")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{ARRAYS_FILE}.part"
    # By Python, whose OSError has a number: safetensors' own error for a full disk has only words.
    part.write_bytes(save({name: np.asarray(array, order="C") for name, array in arrays.items()}))
    full = {
        **manifest,
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "sha256": _sha256(part),
        "bytes": part.stat().st_size,
    }
    text = json.dumps(full, indent=2, sort_keys=True, allow_nan=False)
    _flush(part)
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    part.replace(folder / ARRAYS_FILE)

    part = folder / f"{MANIFEST_FILE}.part"
    part.write_text(text + "\n", encoding="utf-8")
    _flush(part)
    part.replace(folder / MANIFEST_FILE)
    _flush(folder)


def read_artifact(folder: StrPath, *, verify: bool = True) -> Artifact:
    """Map the model in ``folder``.

    ``verify`` reads the whole file once and compares its sha256; without it only the sizes and
    the header are checked.

    Raises
    ------
    MissingArtifactError, DamagedArtifactError, ForeignArtifactError
    """
    folder = Path(folder)
    manifest = _read_manifest(folder)
    path = folder / ARRAYS_FILE
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise MissingArtifactError(f"{path} is missing") from error
    if size != manifest.get("bytes"):
        raise DamagedArtifactError(f"{path} has {size} bytes, not {manifest.get('bytes')}")
    if verify and (found := _sha256(path)) != manifest.get("sha256"):
        raise DamagedArtifactError(f"{path} has sha256 {found}, not {manifest.get('sha256')}")
    return Artifact(arrays=_map_arrays(path), manifest=manifest)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_FILE
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingArtifactError(f"{path} is missing") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedArtifactError(f"{path} is not JSON: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ForeignArtifactError(f"{path} is not the manifest of a model of format {FORMAT}")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ForeignArtifactError(
            f"{path} has format_version {manifest.get('format_version')!r}, "
            f"this version reads {FORMAT_VERSION}"
        )
    return manifest


def _map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        whole = np.memmap(path, dtype=np.uint8, mode="r")
        length = int.from_bytes(whole[:8].tobytes(), "little")
        if len(whole) < 8 or length > min(_MAX_HEADER_BYTES, len(whole) - 8):
            raise DamagedArtifactError(f"{path} ends before its header")
        header = json.loads(whole[8 : 8 + length].tobytes())
        header.pop("__metadata__", None)
        body = whole[8 + length :]
        return {name: _view(body, entry) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedArtifactError(f"{path} cannot be read: {error!r}") from error


def _view(body: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype = np.dtype(_DTYPES[entry["dtype"]]).newbyteorder("<")
    start, end = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if not 0 <= start <= end <= len(body) or end - start != dtype.itemsize * math.prod(shape):
        raise ValueError(f"an array of shape {shape} does not fit bytes {start} to {end}")
    if start == end:
        return np.zeros(shape, dtype)
    return body[start:end].view(dtype).reshape(shape)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Ask the system to put a file or a folder's entries on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        # Some network file systems refuse to flush a folder; its files are flushed already.
        with contextlib.suppress(OSError) if path.is_dir() else contextlib.nullcontext():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
