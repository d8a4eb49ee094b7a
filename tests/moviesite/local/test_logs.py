"""What of the children's logs reaches the terminal."""

import os
from pathlib import Path

import pytest

from moviesite.local import logs
from moviesite.local.logs import WatchedLog, last_line
from moviesite.local.processes import spawn

WARNING = "2026-01-01T00:00:00Z [warning  ] The disk is slow   [matinee]"
NOT_FOUND = "2026-01-01T00:00:00Z [warning  ] Not Found: /x   [django.request]"
ERROR = "2026-01-01T00:00:00Z [error    ] Internal Server Error: /   [django.request]"


def append(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


def test_warnings_are_shown_and_mistyped_addresses_are_not(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    append(path, ERROR)  # of an earlier run
    log = WatchedLog("web", path)
    assert log.news(0.0) == []
    append(path, "[info     ] all is well", WARNING, NOT_FOUND, ERROR, '{"level": "error"}')
    assert log.news(1.0) == [f"[web] {WARNING}", f"[web] {ERROR}", '[web] {"level": "error"}']
    assert log.news(2.0) == []


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.touch()
    log = WatchedLog("web", path)
    path.write_text(ERROR[:30])
    assert log.news(0.0) == []
    append(path, ERROR[30:])
    assert log.news(0.0) == [f"[web] {ERROR}"]


def test_a_flood_is_cut_and_told(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    log = WatchedLog("web", path)
    append(path, *[ERROR] * 100)
    told = log.news(0.0)
    assert len(told) == logs.SHOWN_PER_MINUTE + 1
    assert told[-1] == f"[web] and more of these: see {path}"
    append(path, ERROR)
    assert log.news(59.0) == []
    append(path, ERROR)
    assert len(log.news(60.0)) == 1


def test_a_large_log_is_put_aside_while_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST", 100)
    path = tmp_path / "web.log"
    log = WatchedLog("web", path)
    with path.open("a") as writer:
        writer.write(f"{ERROR}\n{ERROR}\n")
        writer.flush()
        assert len(log.news(0.0)) == 2
        log.keep_small()
        assert path.stat().st_size == 0
        writer.write(f"{WARNING}\n")
        writer.flush()
    assert log.news(0.0) == [f"[web] {WARNING}"]
    assert (tmp_path / "web.log.1").read_text() == f"{ERROR}\n{ERROR}\n"


def test_logs_are_for_the_eyes_of_owner_and_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the umask would let everybody read, and of a log that everybody could read."""
    monkeypatch.setattr(logs, "LARGEST", 1)
    (tmp_path / "beat.log").touch(mode=0o644)
    umask = os.umask(0)
    try:
        for name in ("web.log", "beat.log"):
            path = tmp_path / name
            child = spawn(
                ["sh", "-c", "echo out; echo err >&2"],
                var=tmp_path,
                environment=os.environ,
                output=path,
                errors=path,
            )
            assert child.wait() == 0
            WatchedLog("web", path).keep_small()
    finally:
        os.umask(umask)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("web.log", "web.log.1", "beat.log", "beat.log.1"), 0o640)


def test_the_reason_in_a_log_is_its_last_error(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    assert last_line(path) == "it left no message"
    append(path, "FATAL: no room", "bye")
    assert last_line(path) == "FATAL: no room"
