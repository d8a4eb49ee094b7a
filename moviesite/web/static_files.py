"""Static files as they are collected for serving."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);')


class OneSheetStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, compressed; the sheets that `SHEET` imports are put in their places.

    A browser asks for one file before the first paint instead of one after the other.
    """

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """By gzip alone, wherever else Brotli may be installed: its best takes half a minute.

        Source maps are left as they are: only developers' tools ask for them, and they would take
        longer than all else.
        """
        left = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
        return Compressor(**{**kwargs, "extensions": left}, use_brotli=False)

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        if SHEET in paths and not dry_run:
            source, name = paths[SHEET]
            with source.open(name) as file:
                text = file.read().decode()
            collected = Path(self.path(SHEET))
            sheets = _IMPORT.sub(lambda found: (collected.parent / found[1]).read_text(), text)
            collected.write_text(sheets)
            paths = {**paths, SHEET: (self, SHEET)}
        found: Iterator[tuple[str, str, bool]] = super().post_process(paths, dry_run, **options)
        return found
