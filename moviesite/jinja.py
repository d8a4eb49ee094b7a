"""Jinja, beside Django's own template language: for the few templates that have to be fast."""

import re
from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined
from jinja2.ext import Extension


class WithoutIndentation(Extension):
    """A fifth of a page of ninety cards would be the spaces before their lines."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"^[ \t]+", "", source, flags=re.MULTILINE)


def environment(**options: Any) -> Environment:
    """For ``TEMPLATES``. A tag on a line of its own leaves no line; an unknown name is an error."""
    options |= {"trim_blocks": True, "undefined": StrictUndefined}
    made = Environment(**options, extensions=[WithoutIndentation])  # noqa: S701 -- Django sets it
    made.globals |= {"static": static, "_": gettext}
    return made
