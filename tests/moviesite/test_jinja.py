"""Jinja's environment: names are escaped and known, and indentation costs nothing."""

import pytest
from django.template import engines
from jinja2 import UndefinedError


def rendered(text: str, **names: object) -> str:
    return engines["jinja2"].from_string(text).render(names)


def test_what_comes_from_data_is_escaped() -> None:
    assert rendered("<b>{{ title }}</b>", title="<i> & co") == "<b>&lt;i&gt; &amp; co</b>"


def test_indentation_and_lines_of_tags_are_left_out() -> None:
    text = (
        "<p>\n    {% if shown %}\n      <b>\n        {{ title }}\n      </b>\n    {% endif %}\n</p>"
    )
    assert rendered(text, shown=True, title="  two") == "<p>\n<b>\n  two\n</b>\n</p>"


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ titel }}", title="Amélie")
