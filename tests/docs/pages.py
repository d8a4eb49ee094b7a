"""The pages of the documentation, taken apart: snippets, inline code, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    + list((ROOT / "docs").rglob("*.md"))
)
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Snippet:
    """A fenced block; ``line`` is that of its first line in the page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


def name_of(page: Path) -> str:
    """The page as a reader would name it, and as pytest shows it."""
    return page.relative_to(ROOT).as_posix()


def snippets(page: Path, language: str) -> list[Snippet]:
    """The blocks of one language, in order."""
    return [
        Snippet(page, token.map[0] + 2, language, token.content)
        for token in _tokens(page)
        if token.type == "fence" and token.map and token.info.strip() == language
    ]


def inline_code(page: Path) -> list[str]:
    """What stands between single backticks, in order."""
    return [token.content for token in _inline(page) if token.type == "code_inline"]


def links(page: Path) -> list[str]:
    """Where links and pictures lead."""
    found = [
        token.attrGet({"link_open": "href", "image": "src"}.get(token.type, ""))
        for token in _inline(page)
    ]
    return [str(one) for one in found if one]


def anchors(page: Path) -> set[str]:
    """The headings, as links within and into the page name them."""
    tokens = _tokens(page)
    titles = [
        tokens[place + 1].content for place, one in enumerate(tokens) if one.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _tokens(page: Path) -> list[Token]:
    return _MARKDOWN.parse(page.read_text(encoding="utf-8"))


def _inline(page: Path) -> Iterator[Token]:
    for token in _tokens(page):
        yield from token.children or ()
