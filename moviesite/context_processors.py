"""Template context of every page: name of the site, credits of its datasets, countries."""

from django.conf import settings
from django.http import HttpRequest

from catalog.models import Dataset
from catalog.rendering.country_names import country_choices


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name and, for the footer, datasets whose licences must be shown, and countries."""
    return {
        "site_name": settings.SITE_NAME,
        "datasets": Dataset.objects.credits(),
        "country_choices": country_choices(request),
    }
