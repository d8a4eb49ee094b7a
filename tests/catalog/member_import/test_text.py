"""Encodings, and what separates columns."""

import pytest

from catalog.member_import.formats.records import FileRefusedError
from catalog.member_import.text import decode, records

WESTERN = "Date,Name,Year\n2024-05-01,Amélie,2001\n2024-05-01,León – naïve façade œuvre,1994\n"
POLISH = "Tytuł,Rok\nCzłowiek z żelaza,1981\nPopiół i diament,1958\nKrótki film o miłości,1988\n"
RUSSIAN = "Название,Год\nИваново детство,1962\nСталкер,1979\nСолярис,1972\n"
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_western_text_in_what_spreadsheets_write(encoding: str) -> None:
    assert decode(WESTERN.encode(encoding)) == WESTERN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(POLISH, "cp1250"), (RUSSIAN, "cp1251"), (WESTERN, "utf-16-le"), (WESTERN, "utf-16-be")],
)
def test_other_encodings_are_detected(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256))]
)
def test_what_is_no_text_is_told(content: bytes) -> None:
    with pytest.raises(FileRefusedError) as caught:
        decode(content)
    assert caught.value.code == "binary"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_by_the_header_or_by_what_the_rows_look_like(separator: str) -> None:
    for header in (("Title", "Year", "Rating"), ("Filmchen", "Lustrum", "Sternchen")):
        rows = [header, ("Heat, the film", "1995", "4,5"), ("Alien", "1979", "5")]
        quoted = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
        found = [row for _, row in records(quoted, frozenset({"title", "year", "rating"}))]
        assert found == [list(row) for row in rows]


def test_excel_names_the_separator() -> None:
    rows = list(records('sep=;\r\na;b\r\n1;"x\r\ny"\r\n2;z\r\n', NONE))
    assert rows == [(2, ["a", "b"]), (3, ["1", "x\r\ny"]), (5, ["2", "z"])]


def test_a_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    with pytest.raises(FileRefusedError) as caught:
        list(records('a,b\n1,"x\n2,y\n', NONE))
    assert (caught.value.code, caught.value.values) == ("broken-table", {"line": 2})
