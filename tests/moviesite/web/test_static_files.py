"""Static files are collected so that a page needs one style sheet, and packed."""

from pathlib import Path
from typing import Any

from django.conf import settings as site_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

SOURCES = Path(site_settings.BASE_DIR) / "static" / "css"


def test_the_sheet_of_every_page_holds_those_that_it_imports(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    names = [
        line.split('"')[1]
        for line in (SOURCES / "site.css").read_text().splitlines()
        if line.startswith("@import")
    ]
    assert len(names) > 5
    for _ in range(2):  # collecting again changes nothing
        call_command("collectstatic", interactive=False, verbosity=0)
        sheet = (tmp_path / staticfiles_storage.stored_name("css/site.css")).read_text()
        assert "@import" not in sheet
        for name in names:
            rule = (SOURCES / name).read_text().strip().splitlines()[-1]
            assert rule in sheet, name
        assert any(tmp_path.rglob("*.js.map"))
        packed = {file.name.removesuffix(".gz") for file in tmp_path.rglob("*.gz")}
        assert {Path(name).suffix for name in packed} >= {".css", ".js"}
        assert not any(name.endswith(".map") for name in packed)
        assert "../fonts/figtree-latin-wght-normal.woff2" not in sheet, "by its hashed name"
