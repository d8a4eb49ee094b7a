"""Artifacts: what is written is what is read, and anything else has a name."""

import errno
import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender.learning.artifact import (
    ArtifactError,
    DamagedArtifactError,
    ForeignArtifactError,
    MissingArtifactError,
    read_artifact,
    write_artifact,
)

ARRAYS = {"item_factors": np.arange(12, dtype=np.float32).reshape(4, 3), "bias": np.zeros(())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_artifact(tmp_path / "model", ARRAYS, {"kind": "test", "metrics": {"rmse": 0.9}})
    return tmp_path / "model"


def test_arrays_and_manifest_come_back(folder):
    artifact = read_artifact(folder)
    assert artifact.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(artifact.arrays[name], array)
        assert artifact.arrays[name].dtype == array.dtype
    assert artifact.manifest["kind"] == "test"
    assert artifact.manifest["metrics"] == {"rmse": 0.9}
    assert artifact.manifest["format_version"] == 1
    assert len(artifact.manifest["sha256"]) == 64
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "model.safetensors"]


def test_arrays_are_mapped_and_cannot_be_changed(folder):
    array = read_artifact(folder).arrays["item_factors"]
    assert isinstance(array, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@settings(deadline=None, max_examples=30)
@given(
    array=hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.float16, np.int64, np.int32, np.uint8, bool]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
    )
)
def test_any_array_survives(tmp_path_factory, array):
    folder = tmp_path_factory.mktemp("any")
    write_artifact(folder, {"x": array}, {})
    found = read_artifact(folder).arrays["x"]
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
    assert found.shape == array.shape


@pytest.mark.parametrize("name", ["manifest.json", "model.safetensors"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(MissingArtifactError, match=name):
        read_artifact(folder)


@pytest.mark.parametrize("name", ["manifest.json", "model.safetensors"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_cut_short_is_damaged(folder, name, share):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedArtifactError):
        read_artifact(folder)


def test_a_flipped_bit_is_found(folder):
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedArtifactError, match="sha256"):
        read_artifact(folder)
    assert read_artifact(folder, verify=False).arrays["bias"].shape == ()


@pytest.mark.parametrize("place", range(0, 120, 7))
def test_no_damage_to_the_header_escapes_as_another_error(folder, place):
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[place] ^= 0x55
    path.write_bytes(data)
    try:
        read_artifact(folder, verify=False)
    except ArtifactError:
        return


@pytest.mark.parametrize(
    "change", [{"format": "pickle"}, {"format_version": 99}, {"format_version": None}]
)
def test_foreign_formats_are_refused(folder, change):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ForeignArtifactError):
        read_artifact(folder)
    path.write_text("[]")
    with pytest.raises(ForeignArtifactError):
        read_artifact(folder)


def test_what_cannot_be_stored_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"arrays\['x'\] has dtype object"):
        write_artifact(tmp_path, {"x": np.array([object()])}, {})
    with pytest.raises(ValueError, match="Out of range float"):
        write_artifact(tmp_path, ARRAYS, {"rmse": float("nan")})


def test_writing_again_replaces(folder):
    write_artifact(folder, {"only": np.ones(2)}, {"kind": "second"})
    artifact = read_artifact(folder)
    assert list(artifact.arrays) == ["only"]
    assert artifact.manifest["kind"] == "second"


def test_reading_needs_no_torch():
    modules = "interactions, cross_validation, artifact, progress, ids, ranking, metrics, foldin"
    code = (
        f"from recommender.learning import {modules}; import sys; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_folder_is_a_path_or_its_text(tmp_path):
    write_artifact(str(tmp_path / "one"), {"numbers": np.arange(3)}, {})
    np.testing.assert_array_equal(
        read_artifact(str(tmp_path / "one")).arrays["numbers"],
        read_artifact(tmp_path / "one").arrays["numbers"],
    )


def test_a_disk_that_takes_no_more_is_an_os_error(tmp_path):
    """The system stops the writing in the middle of the arrays, which safetensors tells."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            write_artifact(tmp_path / "model", {"item_factors": np.zeros(10_000)}, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.errno == errno.EFBIG
    with pytest.raises(MissingArtifactError):
        read_artifact(tmp_path / "model")
