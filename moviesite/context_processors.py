"""Template context of every page: the name of the site, and credits of its datasets."""

from django.conf import settings
from django.http import HttpRequest

from catalog.models import Dataset


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name and, for the footer, the datasets whose licences must be shown."""
    return {"site_name": settings.SITE_NAME, "datasets": Dataset.objects.credits()}
