"""Every template can be compiled, so that no rarely seen page is broken."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

FOLDER = Path(__file__).resolve().parents[1] / "templates"


def templates(ending: str) -> list[str]:
    return sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob(f"*.{ending}"))


@pytest.mark.parametrize("path", templates("html"))
def test_compiles(path: str) -> None:
    get_template(path)


@pytest.mark.parametrize(
    "path", sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.jinja"))
)
def test_compiles_in_jinja(path: str) -> None:
    get_template(path, using="jinja2")


def test_no_comment_runs_over_lines() -> None:
    """Django would show it on the page: ``{# #}`` ends with its line."""
    broken = {
        str(path): line
        for path in sorted(Path("templates").rglob("*.html"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "{#" in line and "#}" not in line.split("{#")[-1]
    }
    assert broken == {}


def test_translated_blocks_name_what_they_say() -> None:
    """Of ``{{ session.ip }}`` in such a block nothing would be shown."""
    block = re.compile(r"{% blocktrans(?:late)?\b.*?{% endblocktrans", re.DOTALL)
    broken = {
        str(path): found
        for path in sorted(Path("templates").rglob("*.html"))
        for text in block.findall(path.read_text(encoding="utf-8"))
        if (found := re.findall(r"{{ *\w+[.|][^}]*}}", text))
    }
    assert broken == {}
