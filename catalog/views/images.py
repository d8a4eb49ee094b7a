"""Pictures of films, people and collections, under the site's own address."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from catalog.images import picture_of
from catalog.images.formats import WIDTHS, wanted_format
from catalog.queries.pictured import pictured_by
from catalog.rendering.cover_svg import cover_svg

# A path names one picture for good: a film that gets another one gets another path.
KEPT_BY_BROWSERS = "public, max-age=2592000, immutable"
COVER_KEPT = "public, max-age=300"


@require_safe
def image(request: HttpRequest, size: str, path: str) -> HttpResponse:
    """One picture that the catalog names, in a size of the site and a format that is accepted.

    The designed cover where it is not to be had; pages, which have drawn that already, ask with
    ``?cover=0`` for a plain 404 instead.
    """
    pictured = pictured_by(f"/{path}") if size in WIDTHS else None
    if pictured is None:
        return _absent()
    kind = wanted_format(request.accepted_types)
    content = picture_of(f"/{path}", size, kind)
    if content is not None:
        return _answer(request, content, kind.value, KEPT_BY_BROWSERS)
    if request.GET.get("cover") == "0":
        return _absent()
    return _answer(request, cover_svg(pictured).encode(), "image/svg+xml", COVER_KEPT)


def _answer(request: HttpRequest, content: bytes, kind: str, kept: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": kept, "ETag": etag}
    answer = HttpResponse(content, content_type=kind, headers=headers)
    patch_vary_headers(answer, ["Accept"])
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _absent() -> HttpResponse:
    return HttpResponseNotFound(content_type="text/plain", headers={"Cache-Control": COVER_KEPT})
