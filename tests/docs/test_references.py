"""Links, paths and names in the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import PAGES, ROOT, anchors, inline_code, links, name_of

PATH = re.compile(r"(catalog|docs|moviesite|recommender|static|templates|tests)/[\w./-]*[\w/]")
MODULE = re.compile(r"(catalog|moviesite|recommender)(\.[a-z_]+)+(\.[A-Z]\w+)?")


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_links_lead_to_pages_and_headings(document: Path) -> None:
    for link in links(document):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_files_that_are_named_are_there(document: Path) -> None:
    named = [code for code in inline_code(document) if PATH.fullmatch(code)]
    assert [code for code in named if not (ROOT / code).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_modules_that_are_named_are_there(document: Path) -> None:
    missing = []
    for code in inline_code(document):
        if MODULE.fullmatch(code):
            path = ROOT / re.sub(r"\.[A-Z]\w+$", "", code).replace(".", "/")
            if not (path.is_dir() or path.with_suffix(".py").exists()):
                missing.append(code)
    assert missing == []


def test_the_readme_links_to_each_page_of_the_folder() -> None:
    readme = ROOT / "README.md"
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(readme)}
    assert {
        name_of(page) for page in PAGES if page.parent == ROOT / "docs" and page not in linked
    } == set()
