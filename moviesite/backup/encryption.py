"""An encrypted file, written and read from front to end: scrypt, then AES-256-GCM in chunks.

Magic, salt, prefix; then chunks of one MiB, each with its tag. A chunk's nonce is the prefix, its
number, and whether it is the last, so that chunks cannot be left out, moved or cut off unseen.
"""

from __future__ import annotations

import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from moviesite.backup.errors import BackupError

MAGIC = b"matinee backup 1\n"
CHUNK = 2**20
_SALT, _PREFIX, _TAG = 16, 7, 16


def _key(passphrase: str, salt: bytes) -> AESGCM:
    derived = Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())
    return AESGCM(derived)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class EncryptedWriter:
    """``finish`` writes the last chunk; without it the file counts as damaged."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt, self._prefix = secrets.token_bytes(_SALT), secrets.token_bytes(_PREFIX)
        self._file, self._cipher = file, _key(passphrase, salt)
        self._header = MAGIC + salt + self._prefix
        self._pending, self._number = bytearray(), 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        self._pending += data
        while len(self._pending) > CHUNK:
            self._write_chunk(bytes(self._pending[:CHUNK]), last=False)
            del self._pending[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._write_chunk(bytes(self._pending), last=True)

    def _write_chunk(self, chunk: bytes, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        self._file.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._number += 1


class EncryptedReader:
    """Raises ``BackupError`` where the file was changed, cut off, or has another passphrase."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._header = file.read(len(MAGIC) + _SALT + _PREFIX)
        salt, self._prefix = self._header[len(MAGIC) : -_PREFIX], self._header[-_PREFIX:]
        if len(salt) != _SALT:
            raise BackupError("The back-up is damaged: it ends within its first line.")
        self._file, self._cipher = file, _key(passphrase, salt)
        self._ready, self._number = bytearray(), 0
        self._next = file.read(CHUNK + _TAG)
        if not self._next:
            raise BackupError("The back-up is damaged: it ends after its first line.")

    def read(self, size: int = -1) -> bytes:
        while self._next and (size < 0 or len(self._ready) < size):
            self._read_chunk()
        size = len(self._ready) if size < 0 else size
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _read_chunk(self) -> None:
        chunk, self._next = self._next, self._file.read(CHUNK + _TAG)
        nonce = _nonce(self._prefix, self._number, last=not self._next)
        try:
            self._ready += self._cipher.decrypt(nonce, chunk, self._header)
        except InvalidTag as error:
            place = f"The back-up is damaged in its MiB number {self._number + 1}."
            first = "The passphrase is another one, or the back-up is damaged."
            raise BackupError(place if self._number else first) from error
        self._number += 1
