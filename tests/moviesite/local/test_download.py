"""Downloads against a real web server that breaks off, lies and refuses."""

import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from moviesite.local import download as module
from moviesite.local.download import DownloadError, RemoteFile, download

CONTENT = bytes(range(256)) * 2000
SHA256 = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


class Server(ThreadingHTTPServer):
    """Serves CONTENT under every name; ``break_off_after`` bytes, as long as breaks are left."""

    breaks = 0
    break_off_after = len(CONTENT)
    knows_ranges = True
    status = 200
    asked: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        start = 0
        if wanted and self.server.knows_ranges:
            start = int(re.findall(r"\d+", wanted)[0])
            if start >= len(CONTENT):
                self.send_error(416)
                return
            self.send_response(206)
        else:
            self.send_response(200)
        rest = CONTENT[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            rest = rest[: self.server.break_off_after]
        self.wfile.write(rest)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(module, "PAUSE", 0.0)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/ml.zip"


def test_a_download_tells_its_progress_and_is_not_repeated(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    file = RemoteFile(url(server), SHA256)
    path = download(file, tmp_path, lambda done, total: told.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 1
    download(file, tmp_path, lambda done, total: None)
    assert server.asked == [None]


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_broken_download_is_continued(server: Server, tmp_path: Path, knows_ranges: bool) -> None:
    server.breaks, server.break_off_after, server.knows_ranges = 1, 100_000, knows_ranges
    path = download(RemoteFile(url(server), SHA256), tmp_path, lambda done, total: None)
    assert path.read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-"]


def test_a_part_of_an_earlier_run_is_continued(server: Server, tmp_path: Path) -> None:
    (tmp_path / "ml.zip.part").write_bytes(CONTENT[:5])
    assert download(RemoteFile(url(server), SHA256), tmp_path, lambda *_: None).exists()
    assert server.asked == ["bytes=5-"]


def test_a_part_that_is_whole_already_is_taken(server: Server, tmp_path: Path) -> None:
    (tmp_path / "ml.zip.part").write_bytes(CONTENT)
    path = download(RemoteFile(url(server), SHA256), tmp_path, lambda *_: None)
    assert path.read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_refused_and_not_kept(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError, match="checksum is not md5:00"):
        download(RemoteFile(url(server), "md5:00"), tmp_path, lambda *_: None)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_breaks_off_every_time_is_given_up(server: Server, tmp_path: Path) -> None:
    server.breaks, server.break_off_after = 99, 1000
    with pytest.raises(DownloadError, match="cannot be reached"):
        download(RemoteFile(url(server), SHA256), tmp_path, lambda *_: None)
    assert len(server.asked) == module.ATTEMPTS
    assert (tmp_path / "ml.zip.part").stat().st_size == 1000 * module.ATTEMPTS


def test_a_refusal_is_told_at_once(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(DownloadError, match="answers 404"):
        download(RemoteFile(url(server), SHA256), tmp_path, lambda *_: None)
    assert len(server.asked) == 1


def test_a_host_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)
    with pytest.raises(DownloadError, match=r"cannot be reached \(.*refused"):
        download(RemoteFile("http://127.0.0.1:1/ml.zip", SHA256), tmp_path, lambda *_: None)
