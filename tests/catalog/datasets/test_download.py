"""Downloads from a real HTTP server that resumes, breaks off, lies, or is not there."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from catalog.datasets import download as downloading
from catalog.datasets.download import DownloadError, download, locate
from catalog.datasets.known import Download

CONTENT = bytes(range(256)) * 2000


class Host(BaseHTTPRequestHandler):
    """Serves CONTENT; ``break_after`` bytes of an answer it hangs up, once."""

    break_after: int | None = None
    resumes = True
    ranges: list[str | None] = []

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        Host.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and Host.resumes else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if Host.break_after is not None:
            body, Host.break_after = body[: Host.break_after], None
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Host.break_after, Host.resumes, Host.ranges = None, True, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/ml-1m.zip"
    publish(monkeypatch, url, hashlib.sha256(CONTENT).hexdigest())
    yield url
    server.shutdown()
    server.server_close()


def publish(monkeypatch: pytest.MonkeyPatch, url: str, digest: str) -> None:
    monkeypatch.setitem(
        downloading.DOWNLOADS, "ml-1m", Download(url=url, checksum=f"sha256:{digest}")
    )


def test_a_file_is_fetched_once_and_progress_is_told(host: str, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    path = download("ml-1m", tmp_path / "new", watch=lambda *news: seen.append(news))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == ("ml-1m.zip", len(CONTENT), len(CONTENT))
    assert [position for _, position, _ in seen] == sorted(position for _, position, _ in seen)
    assert download("ml-1m", tmp_path / "new") == path
    assert len(Host.ranges) == 1
    assert [file.name for file in path.parent.iterdir()] == ["ml-1m.zip"]


def test_a_broken_connection_is_taken_up_where_it_broke(host: str, tmp_path: Path) -> None:
    Host.break_after = 100_000
    assert download("ml-1m", tmp_path).read_bytes() == CONTENT
    assert Host.ranges == [None, "bytes=100000-"]


def test_an_earlier_part_is_continued(host: str, tmp_path: Path) -> None:
    (tmp_path / "ml-1m.zip.part").write_bytes(CONTENT[:1000])
    assert download("ml-1m", tmp_path).read_bytes() == CONTENT
    assert Host.ranges == ["bytes=1000-"]


def test_a_host_that_does_not_resume_sends_all_again(host: str, tmp_path: Path) -> None:
    Host.resumes = False
    (tmp_path / "ml-1m.zip.part").write_bytes(b"x" * 1000)
    assert download("ml-1m", tmp_path).read_bytes() == CONTENT


def test_a_part_that_is_too_long_is_begun_again(host: str, tmp_path: Path) -> None:
    (tmp_path / "ml-1m.zip.part").write_bytes(CONTENT + b"more")
    assert download("ml-1m", tmp_path).read_bytes() == CONTENT


def test_a_file_that_is_not_the_published_one_is_thrown_away(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, host, "0" * 64)
    with pytest.raises(DownloadError, match=r"ml-1m\.zip is not the file that was published"):
        download("ml-1m", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_kept_from_before_is_fetched_again(host: str, tmp_path: Path) -> None:
    (tmp_path / "ml-1m.zip").write_bytes(b"damaged")
    assert download("ml-1m", tmp_path).read_bytes() == CONTENT


def test_a_host_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, "http://127.0.0.1:9/ml-1m.zip", "0" * 64)
    with pytest.raises(DownloadError, match=r"http://127\.0\.0\.1:9/ml-1m\.zip cannot be reached"):
        download("ml-1m", tmp_path)


def test_a_full_disk_is_told_before_it_is_full(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(downloading.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadError, match=r"needs 1 MB, and the disk has 0 MB free"):
        download("ml-1m", tmp_path)


def test_sources_are_paths_first_and_names_then(host: str, tmp_path: Path) -> None:
    folder = tmp_path / "datasets"
    assert locate(str(tmp_path), folder) == tmp_path
    assert locate("ml-1m", folder) == folder / "ml-1m.zip"
    (folder / "ml-1m").mkdir()
    assert locate("ml-1m", folder) == folder / "ml-1m"
    assert len(Host.ranges) == 1
