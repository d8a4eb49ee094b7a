"""What the documentation promises to list in full, it does."""

from __future__ import annotations

import re

from django.core.management import get_commands

from moviesite.api import api

from .pages import PAGES, ROOT, inline_code

SITE = ("accounts", "backup", "doctor", "upgrade")
OURS = ("catalog", "recommender", *(f"moviesite.{name}" for name in SITE))
OPERATING = ROOT / "docs" / "operating.md"


def test_each_endpoint_is_documented() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for path, methods in api.get_openapi_schema()["paths"].items():
        name = re.sub(r"\{\w+_id\}", "{id}", path.removeprefix("/api/v1/"))
        for method in methods:
            assert re.search(rf"`{method.upper()} {re.escape(name)}[`?]", page), (method, name)


def test_each_variable_that_the_settings_read_is_in_the_table() -> None:
    modules = sorted((ROOT / "moviesite" / "settings").glob("*.py"))
    settings = "".join(module.read_text(encoding="utf-8") for module in modules)
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    assert "SECRET_KEY" in read
    assert read - set(inline_code(OPERATING)) == set()


def test_each_command_of_ours_is_named_somewhere() -> None:
    ours = {name for name, app in get_commands().items() if app in OURS}
    assert {"train", "backup"} <= ours
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in ours if f"manage.py {name}" not in text} == set()
