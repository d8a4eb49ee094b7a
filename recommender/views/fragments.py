"""Parts of a film's page by themselves: similar films, and the prediction."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.queries.film import open_film
from recommender.pages.film_page import draw_prediction, draw_similar


@require_safe
@never_cache
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Films like this one."""
    return HttpResponse(draw_similar(request, open_film(pk, request.user)))


@require_safe
@never_cache
def prediction(request: HttpRequest, pk: int) -> HttpResponse:
    """How many stars the member would give."""
    return HttpResponse(draw_prediction(request, open_film(pk, request.user)))
