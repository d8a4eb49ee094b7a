"""Addresses of pages as somebody outside the site needs them."""

from urllib.parse import urljoin

from django.conf import settings


def full_address(path: str) -> str:
    """With the site's own address in front, where the operator has named it."""
    return urljoin(settings.MATINEE_URL, path)
