"""Template context of every page: name of the site, credits of its datasets, countries."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest

from catalog.models import Dataset
from catalog.rendering.country_names import country_choices
from moviesite.accounts.sign_up import may_sign_up
from moviesite.middleware.cookie_names import prefix


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, its datasets' licences and the countries for the footer, who may sign up."""
    return {
        "cookie_prefix": prefix(),  # for scripts that keep something
        "site_name": settings.SITE_NAME,
        "datasets": Dataset.objects.credits(),
        "country_choices": country_choices(request),
        # Asked for by pages of visitors alone, and called there.
        "sign_up_open": partial(may_sign_up, request),
    }
