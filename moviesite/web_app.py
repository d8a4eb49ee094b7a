"""The site as an app of the device: its manifest, its service worker, the page shown offline."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
    ("img/icon.svg", "any", "any"),
)


@require_safe
@cache_control(max_age=3600)
def manifest(_request: HttpRequest) -> JsonResponse:
    """What a browser needs to install the site, in the visitor's language."""
    home = reverse("home")
    return JsonResponse(
        {
            "id": home,
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "description": _("Rate the films you have seen and find the ones to see next."),
            "lang": get_language(),
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "background_color": "#131117",
            "theme_color": "#131117",
            "categories": ["entertainment", "lifestyle"],
            "icons": [_icon(*icon) for icon in ICONS],
            "shortcuts": [
                {"name": _("Watch next"), "url": reverse("recommender:watch-next")},
                {"name": _("Watchlist"), "url": reverse("catalog:watchlist")},
                {"name": _("Diary"), "url": reverse("catalog:diary")},
            ],
            "share_target": {
                "action": reverse("catalog:share"),
                "method": "GET",
                "enctype": "application/x-www-form-urlencoded",
                "params": {"title": "title", "text": "text", "url": "url"},
            },
        },
        content_type="application/manifest+json",
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """It stands at the root, whose pages it may then answer for while there is no network."""
    return render(request, "service_worker.js", content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Shown when the site cannot be reached: it stands alone, and is about nobody."""
    return render(request, "offline.html")


def _icon(path: str, sizes: str, purpose: str) -> dict[str, str]:
    kind = "image/svg+xml" if path.endswith(".svg") else "image/png"
    return {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose}
