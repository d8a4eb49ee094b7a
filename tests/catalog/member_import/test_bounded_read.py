"""Whatever an upload makes of its reader, the worker goes on."""

import io
import random
import resource
import tempfile
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.member_import import bounded_read, request
from catalog.member_import.bounded_read import read_bounded
from catalog.member_import.formats.records import FileRefusedError
from catalog.member_import.worker import work
from catalog.models import MemberImport

from . import exports
from .conftest import Load

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"


def read(user: AbstractUser, content: bytes, name: str = "x.zip") -> Any:
    MemberImport.objects.all().delete()
    job = request.begin(user_id=user.pk, file_name=name, content=content)
    with tempfile.TemporaryFile() as rows:
        reading = read_bounded(job, rows)
        return reading, list(reading.rows)


def test_rows_come_as_the_database_takes_them(ada: AbstractUser, db: None) -> None:
    reading, rows = read(ada, exports.LETTERBOXD_ZIP)
    assert reading.source == "letterboxd"
    assert len(rows) == reading.report["rows"] > 10
    assert {len(row) for row in rows} == {27}


def test_a_document_that_needs_too_much_memory_is_refused(
    ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = exports.zipped({"ratings-movies.json": b"[" + b'{"a":[]},' * 5_000_000 + b"{}]"})
    assert len(bomb) < 200_000
    monkeypatch.setattr(bounded_read, "MEMORY_BYTES", 256 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileRefusedError) as caught:
        read(ada, bomb)
    assert caught.value.code == "too-big-to-read"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024, "kilobytes: the worker itself holds none of it"


def test_a_reader_that_takes_too_long_is_stopped(
    ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_read, "SECONDS", 0)
    with pytest.raises(FileRefusedError) as caught:
        read(ada, (HEADER + "2020-01-01,Heat,1995,x,4\n" * 90_000).encode(), "ratings.csv")
    assert caught.value.code == "too-slow"


def test_a_reader_that_fails_is_tried_again_and_given_up(
    ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(bounded_read, "read", fail)
    job = request.begin(user_id=ada.pk, file_name="a.csv", content=b"a,b\n")
    for _ in range(3):
        with pytest.raises(bounded_read.ReaderFailedError):
            work(job.pk)
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["refusal"]["code"]) == ("refused", "gave-up")


def test_damaged_uploads_are_refused_and_nothing_worse(load: Load, ada: AbstractUser) -> None:
    whole = [exports.LETTERBOXD_ZIP, exports.TRAKT_ZIP, exports.IMDB_RATINGS.encode()]
    chance = random.Random(16)
    states = set()
    for number in range(60):
        content = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if number % 3 == 0:
            del content[chance.randrange(1, len(content)) :]
        job = load(bytes(content), "fuzz.zip")
        states.add(job.state)
        MemberImport.objects.all().delete()
    assert states <= {"refused", "preview"}
    assert "refused" in states


def test_archives_of_windows_and_mac(ada: AbstractUser, db: None) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("export\\ratings.csv", exports.LETTERBOXD_RATINGS)
        archive.writestr("export\\", b"")
        archive.writestr("__MACOSX/export/._ratings.csv", b"\x00\x05\x16\x07")
        archive.writestr("export\\likes\\films.csv", exports.LETTERBOXD_WATCHLIST)
        archive.writestr(".DS_Store", b"\x00")
    reading, rows = read(ada, buffer.getvalue())
    assert len(rows) == 3 + 2
    assert reading.report["files_aside"] == []
