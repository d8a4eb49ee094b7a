"""Markup as tests compare it: how a template breaks its lines is no part of what it says."""

import re

from django.http import HttpResponse


def flat(response: HttpResponse) -> str:
    """A page on one line, without space between tags and with one between attributes."""
    text = re.sub(r"\s+", " ", response.content.decode())
    return re.sub(r" ?(/?>) ?(?=<)| (?=>)", r"\1", text)
