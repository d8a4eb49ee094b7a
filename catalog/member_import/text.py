"""Text of an upload: its encoding, and what separates the columns of a table."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

import charset_normalizer
import clevercsv

from .formats.records import FileRefusedError

SEPARATORS = ",;\t|"
# What a detector looks at; the rest is decoded by what it found there.
SAMPLE_BYTES = 256 * 1024
SAMPLE_CHARACTERS = 16 * 1024
LONGEST_CELL = 128 * 1024
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings in which spreadsheets of people who watch films save; the first one where two fit.
LEGACY = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "shift_jis", "gb18030"]
LIKELY_CHAOS = 0.05
# Letters of other encodings, read as Western ones: ``Tytu³``.
SIGN_IN_WORD = re.compile("[^\\W\\d_][¹²³¿¡¢£¥¦¨¯±¶¸»¼]")
# The first line in which Excel says what separates the columns.
EXCEL_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def decode(content: bytes) -> str:
    """The text of a file. Raises FileRefusedError for what is none."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    if b"\x00" in content[:SAMPLE_BYTES]:
        encoding = _utf_16_without_mark(content[:SAMPLE_BYTES])
        return _decoded(content[: len(content) // 2 * 2], encoding)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        sample = content[:2000]
        unreadable = sum(byte < 0x20 and byte not in b"\t\n\r\x0c" for byte in sample)
        if unreadable > len(sample) // 20:
            raise FileRefusedError("binary") from error
        return _decoded(content, _detected(content, error.start))


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileRefusedError("encoding", line=line) from error
    if "\x00" in text[:SAMPLE_BYTES]:
        raise FileRefusedError("binary")
    return text


def _utf_16_without_mark(sample: bytes) -> str:
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 20 > max(even, odd) or max(even, odd) < max(len(sample) // 8, 2):
        raise FileRefusedError("binary")
    return "utf-16-le" if odd > even else "utf-16-be"


def _detected(content: bytes, first: int) -> str:
    """The encoding in which the text around its first letters beyond ASCII makes sense."""
    start = content.rfind(b"\n", 0, max(first - 1024, 0)) + 1
    sample = content[start : start + SAMPLE_BYTES]
    found = charset_normalizer.from_bytes(
        sample, cp_isolation=LEGACY, preemptive_behaviour=False, enable_fallback=True
    )
    # The detector has the likeliest first; what has signs inside words is read wrongly.
    likely = [one for one in found if not SIGN_IN_WORD.search(str(one))] or list(found)
    western = [one for one in likely if one.encoding == "cp1252" and one.chaos <= LIKELY_CHAOS]
    best = likely[0] if likely else None
    if western and (best is None or best.coherence <= western[0].coherence):
        return "cp1252"
    return best.encoding if best is not None else "cp1252"


def records(text: str, known_columns: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """Rows of a table that are not blank, each with the line on which it begins.

    Raises FileRefusedError where a quotation mark is never closed, or a cell is endless.
    """
    skipped = 0
    if match := EXCEL_LINE.match(text):
        separator, text, skipped = match[1], text[match.end() :], 1
    else:
        separator = _separator(text[:SAMPLE_CHARACTERS], known_columns)
    strict = _is_strict(text, separator)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    while True:
        line = table.line_num + 1
        try:
            record = next(table, None)
        except csv.Error as error:
            raise FileRefusedError("broken-table", line=line + skipped) from error
        if record is None:
            return
        if any(cell.strip() for cell in record):
            yield line + skipped, record


def _separator(sample: str, known_columns: frozenset[str]) -> str:
    """What the header makes plain, else what a detector finds."""
    header = sample.split("\n", 1)[0].lower()
    hits = {one: len(known_columns & set(_cells(header, one))) for one in SEPARATORS}
    best = max(hits, key=lambda one: hits[one])
    if hits[best] > 1:
        return best
    whole = sample[: sample.rfind("\n") + 1] or sample
    found = clevercsv.Detector().detect(whole, delimiters=list(SEPARATORS))
    return found.delimiter if found is not None and found.delimiter else ","


def _cells(header: str, separator: str) -> Iterator[str]:
    return (cell.strip().strip('"').strip() for cell in header.split(separator))


def _is_strict(text: str, separator: str) -> bool:
    """Whether quotation marks stand where they should; one inside a cell is forgiven.

    One that is never closed would swallow the rest of the file, and is not.
    """
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error) or "field larger" in str(error)
    return True
