"""Every template can be compiled, so that no rarely seen page is broken."""

from pathlib import Path

import pytest
from django.template.loader import get_template

FOLDER = Path(__file__).resolve().parents[1] / "templates"


@pytest.mark.parametrize("path", sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.html")))
def test_compiles(path: str) -> None:
    get_template(path)
