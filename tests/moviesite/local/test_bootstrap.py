"""The step before anything is installed."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from moviesite.local import bootstrap

SCRIPT = Path(bootstrap.__file__)
PRETEND = "import sys, runpy; sys.version_info = ({version}, 0, 'final', 0); sys.argv = [{argv}]; "
RUN = f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"


def run_as(version: str, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = ", ".join(repr(word) for word in ("bootstrap.py", *arguments))
    code = PRETEND.format(version=version, argv=argv) + RUN
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PATH": str(path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("version", ["3, 10", "3, 14", "3, 8"])
def test_a_wrong_python_alone_is_told_in_one_sentence(version: str, tmp_path: Path) -> None:
    done = run_as(version, tmp_path, "requirements-local.txt")
    assert done.returncode == 1
    assert done.stderr.startswith("Matinee needs Python 3.11 to 3.13, and found only ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_an_older_python_can_read_the_script_that_refuses_it() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))


def test_a_suitable_python_beside_a_wrong_one_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"python{bootstrap.dotted(sys.version_info[:2])}"
    (tmp_path / name).symlink_to(sys.executable)
    broken = tmp_path / "python3.13"
    if name != "python3.13":
        broken.write_text("#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 10, 0, "final", 0))
    assert bootstrap.suitable_python() == str(tmp_path / name)


def test_make_says_it_when_there_is_no_python_at_all() -> None:
    done = subprocess.run(
        ["make", "-s", "run", "PYTHON=python-that-is-not-there"],
        cwd=SCRIPT.parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert done.stderr.startswith("Matinee needs Python 3.11 to 3.13, and there is no python-that")


def test_a_change_in_an_included_file_is_a_change(tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer.txt", tmp_path / "inner.txt"
    outer.write_text("-r inner.txt\nextra==1\n")
    inner.write_text("base==1\n")
    before = bootstrap.fingerprint(outer)
    assert bootstrap.fingerprint(outer) == before
    inner.write_text("base==2\n")
    assert bootstrap.fingerprint(outer) != before


def test_what_is_installed_is_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\n")
    (tmp_path / "requirements.txt").write_text("base==1\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "suitable_python", lambda: sys.executable)
    monkeypatch.setattr(bootstrap, "make_venv", lambda python: None)
    asked: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda path: asked.append(path.name))
    for name in ("requirements-dev.txt", "requirements-dev.txt", "requirements.txt"):
        bootstrap.main([name])
    assert asked == ["requirements-dev.txt"]
    (tmp_path / "requirements.txt").write_text("base==2\n")
    bootstrap.main(["requirements-dev.txt"])
    assert asked == ["requirements-dev.txt"] * 2


@pytest.mark.parametrize(
    ("gpu", "torch_at_hand", "expected"),
    [
        (False, True, ["requirements-dev.txt"]),
        (True, False, ["requirements-cuda.txt", "requirements-dev.txt"]),
        (False, False, ["requirements-dev.txt", "requirements-cuda.txt", "requirements-dev.txt"]),
    ],
    ids=["for the CPU", "for a GPU", "only for a GPU, without one"],
)
def test_torch_for_cuda_is_installed_for_a_gpu_and_where_there_is_no_other(
    gpu: bool,
    torch_at_hand: bool,
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def pip(arguments: list[str]) -> str | None:
        asked.append(Path(arguments[-1]).name)
        installed = torch_at_hand or "requirements-cuda.txt" in asked
        return None if installed else "the hashes of torch do not match"

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "install_torch", lambda: None)
    monkeypatch.setattr(bootstrap, "has_torch", lambda: torch_at_hand)
    monkeypatch.setattr(bootstrap, "has_nvidia_gpu", lambda: gpu)
    monkeypatch.setattr(bootstrap, "pip", pip)
    bootstrap.install(tmp_path / "requirements-dev.txt")
    assert asked == expected


def test_downloads_lie_beside_the_packages_and_a_full_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A /tmp in memory holds less than CUDA's build of torch has."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ -d "$TMPDIR" ] && echo "$TMPDIR" > told\n'
        "echo ERROR: Exception:\necho \"OSError(28, 'No space left on device')\"\nexit 2\n"
    )
    python.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", python)
    monkeypatch.setattr(bootstrap, "PIP_LOG", tmp_path / "pip.log")
    monkeypatch.setattr(bootstrap, "DOWNLOADS", tmp_path / "downloads")
    reason = bootstrap.pip(["install", "anything"])
    assert reason == f"the disk that holds {bootstrap.VENV} is full"
    assert (tmp_path / "told").read_text() == f"{tmp_path}/downloads\n"
    assert not (tmp_path / "downloads").exists()


def test_another_environment_can_be_named() -> None:
    code = f"import runpy; print(runpy.run_path({str(SCRIPT)!r})['VENV_PYTHON'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "MATINEE_VENV": ".venv-other"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith("/.venv-other/bin/python")


def test_torch_for_the_cpu_is_tried_first_and_its_absence_is_survived(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []

    def refuse(arguments: list[str]) -> str:
        asked.append(arguments)
        return "no such index"

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "succeeds", lambda command: False)
    monkeypatch.setattr(bootstrap, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(bootstrap, "pip", refuse)
    bootstrap.install_torch()
    assert asked[0][:3] == ["install", "--index-url", bootstrap.CPU_ONLY_TORCH]
    assert asked[0][-1] == "torch==2.13.0"
    assert "plain build" in capsys.readouterr().out
    monkeypatch.setattr(bootstrap, "has_nvidia_gpu", lambda: True)
    bootstrap.install_torch()
    assert len(asked) == 1
