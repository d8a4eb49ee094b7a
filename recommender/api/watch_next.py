"""Recommendations for somebody without an account, from a list of films."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from ninja import Router
from ninja.throttling import AnonRateThrottle

from catalog.queries.film import surviving_keys
from recommender.data.histories import history_from
from recommender.serving import Recommender

from .payloads import recommendations_json
from .schemas import RecommendationList, WatchNextIn

ANONYMOUS_RATE = "120/m"  # per address: far above a person's pace, far below a scraper's

router = Router(tags=["watch next"])


@router.post(
    "",
    response=RecommendationList,
    throttle=[AnonRateThrottle(ANONYMOUS_RATE)],
    summary="What people with this history watch next",
    operation_id="recommender_api_watch_next_watch_next",
)
def watch_next(request: HttpRequest, body: WatchNextIn) -> JsonResponse:
    recommender = Recommender(history_from(surviving_keys(body.movies)))
    ranking = recommender.watch_next(body.n)
    return JsonResponse(recommendations_json(recommender, ranking, request))
