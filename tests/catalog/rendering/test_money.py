import pytest
from django.utils.translation import override

from catalog.rendering.money import dollars


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "$6,000,000"), ("en-gb", "$6,000,000"), ("de", "6.000.000\u00a0$")],
)
def test_the_sign_stands_where_the_language_has_it(language: str, shown: str) -> None:
    with override(language):
        assert dollars(6_000_000) == shown
