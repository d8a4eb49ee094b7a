"""Encrypted files: what was written comes back, and no change goes unseen."""

import io

import pytest

from moviesite.backup.encryption import CHUNK, EncryptedReader, EncryptedWriter
from moviesite.backup.errors import BackupError

RIGHT = "correct horse"
HEADER, SEALED = 40, CHUNK + 16
ONE_CHUNK = HEADER + SEALED


def sealed(content: bytes, passphrase: str = RIGHT) -> bytes:
    file = io.BytesIO()
    writer = EncryptedWriter(file, passphrase)
    for start in range(0, len(content), 700_001):
        writer.write(content[start : start + 700_001])
    writer.finish()
    return file.getvalue()


def opened(data: bytes, passphrase: str = RIGHT) -> bytes:
    return EncryptedReader(io.BytesIO(data), passphrase).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_comes_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    data = sealed(content[:size])
    assert opened(data) == content[:size]
    assert content[:64] not in data


def test_no_two_files_are_alike() -> None:
    assert sealed(b"the same") != sealed(b"the same")


def test_another_passphrase_is_refused() -> None:
    with pytest.raises(BackupError, match="passphrase is another one"):
        opened(sealed(b"films"), "wrong horse")


@pytest.mark.parametrize("place", [20, HEADER + 5, HEADER + SEALED + 5, -1])
def test_a_changed_byte_is_seen(place: int) -> None:
    data = bytearray(sealed(b"x" * (2 * CHUNK)))
    data[place] ^= 1
    with pytest.raises(BackupError, match="damaged"):
        opened(bytes(data))


@pytest.mark.parametrize("length", [0, 30, HEADER, HEADER + 10, ONE_CHUNK, ONE_CHUNK + 9])
def test_a_file_that_was_cut_off_is_seen(length: int) -> None:
    data = sealed(b"x" * (2 * CHUNK + 5))[:length]
    with pytest.raises(BackupError, match="damaged"):
        opened(data)


def test_chunks_cannot_change_places() -> None:
    data = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    first, second = data[HEADER : HEADER + SEALED], data[HEADER + SEALED : HEADER + 2 * SEALED]
    with pytest.raises(BackupError):
        opened(data[:HEADER] + second + first + data[HEADER + 2 * SEALED :])
