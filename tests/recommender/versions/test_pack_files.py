"""A pack is taken from a file or an address, if its checksum is right."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recommender.versions.pack_files import fetched_pack, write_checksum
from recommender.versions.packs import PackError

BODY = b"not read here"
RIGHT, WRONG = hashlib.sha256(BODY).hexdigest(), "0" * 64


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "starter.zip"
    file.write_bytes(BODY)
    return file


@pytest.fixture
def address(file: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(file.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/starter.zip"
        server.shutdown()


def body_of(source: str, sha256: str | None = None, unchecked: bool = False) -> bytes:
    with fetched_pack(source, sha256, unchecked=unchecked) as file:
        return file.read_bytes()


def test_a_file_has_to_be_what_its_checksum_says(file: Path) -> None:
    with pytest.raises(PackError, match="--sha256, or take --unchecked"):
        body_of(str(file))
    assert body_of(str(file), unchecked=True) == BODY
    assert body_of(str(file), RIGHT) == BODY
    assert write_checksum(file) == RIGHT
    assert body_of(str(file)) == BODY
    file.write_bytes(b"another")
    for unchecked in (False, True):
        with pytest.raises(PackError, match=f"not {RIGHT}"):
            body_of(str(file), unchecked=unchecked)
    with pytest.raises(PackError, match=f"not {WRONG}"):
        body_of(str(file), WRONG)


def test_from_an_address_nothing_is_taken_without_a_checksum(file: Path, address: str) -> None:
    with pytest.raises(PackError, match="--sha256"):
        body_of(address, unchecked=True)
    assert body_of(address, RIGHT) == BODY
    write_checksum(file)
    assert body_of(address) == BODY
    with pytest.raises(PackError, match="cannot be had"):
        body_of(address, WRONG)


def test_what_is_not_there_is_said(file: Path, address: str) -> None:
    with pytest.raises(PackError, match="is not there"):
        body_of(str(file.with_name("gone.zip")))
    with pytest.raises(PackError, match="cannot be had"):
        body_of(address.replace("starter", "gone"), RIGHT)
