"""What stops a run before anything is started, each in one sentence."""

import fcntl
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from moviesite.local import checks
from moviesite.local.__main__ import main
from moviesite.local.errors import LocalRunError, StopRequested
from moviesite.local.supervisor import Supervisor


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LocalRunError, match=rf"^Port {port} on 127\.0\.0\.1 is taken .*PORT="):
            checks.require_free_port("127.0.0.1", port)
    checks.require_free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(LocalRunError, match=r"cannot listen on 192\.0\.2\.1, port 8000"):
        checks.require_free_port("192.0.2.1", 8000)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_a_port_that_is_none_is_refused(port: str, tmp_path: Path) -> None:
    if port == "":
        assert Supervisor(tmp_path, tmp_path, {"PORT": port}).port == 8000
        return
    with pytest.raises(LocalRunError, match="PORT has to be a number from 1 to 65535"):
        Supervisor(tmp_path, tmp_path, {"PORT": port})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 8 MB."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this container may not mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_told_before_it_hurts(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATINEE_VAR", str(small_disk / "var"))
    monkeypatch.setenv("PORT", "1")  # not reached
    monkeypatch.setattr("moviesite.local.supervisor.raise_on_signals", lambda: None)
    assert main(Path.cwd()) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"The disk that holds {small_disk / 'var'} has ")
    assert told.count("\n") == 1
    assert not (small_disk / "var" / "postgres").exists()


def test_a_disk_that_fills_up_on_the_way_is_told_in_one_sentence(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (8 * 2**20 - 4096))

    def write(root: Path) -> None:
        (small_disk / "more").write_bytes(b"x" * 2**20)

    monkeypatch.setattr("moviesite.local.__main__.run", write)
    assert main(Path.cwd()) == 1
    told = capsys.readouterr().err
    assert "No space left on device" in told
    assert told.count("\n") == 1


def test_a_stop_that_was_asked_for_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(root: Path) -> None:
        raise StopRequested

    monkeypatch.setattr("moviesite.local.__main__.run", stopped)
    assert main(Path.cwd()) == 0


def test_two_runs_from_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with (
        checks.only_run(tmp_path),
        pytest.raises(
            LocalRunError, match=rf"already runs from this folder \(process {os.getpid()}"
        ),
        checks.only_run(tmp_path),
    ):
        pass
    # The lock of a run that is over, or was killed, holds nobody up.
    with (tmp_path / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
