"""The third kind of model that ``docs/extending.md`` prints, registered as the page says."""

from __future__ import annotations

import sys
from types import ModuleType

from recommender import kinds
from tests.docs.pages import ROOT, snippets

PAGE = ROOT / "docs" / "extending.md"
MODULE = "recommender.learning.trending"


def register_third_kind() -> None:
    """Run the page: its first block is a module, its second goes into ``recommender/kinds.py``."""
    the_class, the_line = (snippet.text for snippet in snippets(PAGE, "python"))
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    exec(compile(the_class, f"{PAGE}: the class", "exec"), vars(module))  # noqa: S102
    exec(compile(the_line, f"{PAGE}: the line", "exec"), dict(vars(kinds)))  # noqa: S102


def forget_third_kind() -> None:
    del sys.modules[MODULE], kinds._kinds["trending"]
