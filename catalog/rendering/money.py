"""Sums of money as each language writes them."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import get_language

NO_BREAK_SPACE = "\u00a0"


def dollars(amount: int) -> str:
    """US dollars: ``$6,000,000`` in English, ``6.000.000 $`` in German and most others."""
    number = intcomma(amount)
    if (get_language() or "en").startswith("en"):
        return f"${number}"
    return f"{number}{NO_BREAK_SPACE}$"
