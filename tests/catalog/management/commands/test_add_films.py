"""``manage.py add_films``: by id, by address, from a file."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Movie
from tests.stand_in_tmdb import Fault, StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


def add_films(*films: str) -> tuple[str, str, str]:
    """What was printed, what was complained of, and why it failed."""
    out, err, failure = StringIO(), StringIO(), ""
    try:
        call_command("add_films", *films, stdout=out, stderr=err)
    except CommandError as error:
        failure = str(error)
    return out.getvalue(), err.getvalue(), failure


def titles() -> set[str]:
    return set(Movie.objects.values_list("title", flat=True))


def test_ids_of_both_kinds_and_addresses(tmdb: StandInTmdb) -> None:
    tmdb.add(dune(), bare(7, "Seven"), bare(8, "Eight"))
    out, err, failure = add_films("tt1160419", "7", "https://www.themoviedb.org/movie/8-eight")
    assert titles() == {"Dune", "Seven", "Eight"}
    assert (err, failure) == ("", "")
    assert "3 of 3 films" in out


def test_again_changes_nothing(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    add_films("438631")
    out, _, failure = add_films("438631")
    assert "Dune (2021), here already" in out
    assert failure == ""
    assert Movie.objects.count() == 1


def test_a_file_with_its_bad_lines_named(tmdb: StandInTmdb, tmp_path: Path) -> None:
    tmdb.add(dune(), bare(7, "Seven"))
    file = tmp_path / "films.txt"
    file.write_text("﻿# mine\n438631\n\n7,Seven\ntt0000001\n7\n", encoding="utf-8")
    out, err, failure = add_films(str(file))
    assert titles() == {"Dune", "Seven"}
    assert "7,Seven (films.txt, line 4): neither an id" in err
    assert "tt0000001 (films.txt, line 5): TMDB knows no film" in err
    assert "2 of 4 films" in out
    assert failure == "2 films could not be added."


def test_a_file_that_is_none(tmdb: StandInTmdb, tmp_path: Path) -> None:
    assert "no id of TMDB or IMDb, and no file" in add_films("Dune")[2]
    assert "cannot be read" in add_films(str(tmp_path))[2]
    binary = tmp_path / "films.xls"
    binary.write_bytes(b"\xd0\xcf\x11\xe0")
    assert "no text in UTF-8" in add_films(str(binary))[2]
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    assert add_films(str(empty))[2] == "No film."


def test_a_refused_key_ends_it(tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(401)]
    assert "check TMDB_API_KEY" in add_films("1", "2")[2]
    assert len(tmdb.asked) == 1


def test_without_a_key(settings: Any) -> None:
    settings.TMDB_API_KEY = ""
    assert "TMDB_API_KEY is empty" in add_films("1")[2]
