"""Recommendations by the rules of a scenario that an operator named."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from catalog.api.auth import MEMBER, member_id
from catalog.api.pages import Part, part_of
from catalog.api.payloads import Json
from catalog.api.schemas import Problem
from catalog.queries.film import surviving_keys
from recommender.data.histories import history_from
from recommender.models.scenario import Scenario
from recommender.serving import Recommender
from recommender.serving.member import recommender_for
from recommender.serving.scenarios import ranked_by, rules_of

from .payloads import recommendations_json
from .schemas import HowMany, RecommendationList, ScenarioList, WatchNextIn

router = Router(tags=["scenarios"])
me = Router(tags=["me"], auth=MEMBER)


@router.get("", response=ScenarioList, summary="Scenarios that can be asked for")
def list_scenarios(request: HttpRequest, part: Query[Part]) -> Json:
    active = Scenario.objects.filter(is_active=True)
    return part_of(active, part, ("name",), _scenario_json)


@router.post(
    "{name}",
    response={200: RecommendationList, 404: Problem},
    summary="Recommendations by a scenario, from a list of films",
)
def ask(request: HttpRequest, name: str, body: WatchNextIn) -> JsonResponse:
    """For somebody without an account; the list may be empty."""
    rules = rules_of(_active(name))
    recommender = Recommender(history_from(surviving_keys(body.movies)))
    ranking = ranked_by(rules, recommender, body.n)
    return JsonResponse(recommendations_json(recommender, ranking, request))


@me.get(
    "scenarios/{name}",
    response={200: RecommendationList, 401: Problem, 404: Problem},
    summary="Recommendations for you by a scenario",
)
def ask_as_member(request: HttpRequest, name: str, n: HowMany = 20) -> JsonResponse:
    rules = rules_of(_active(name))
    recommender = recommender_for(member_id(request))
    return JsonResponse(
        recommendations_json(recommender, ranked_by(rules, recommender, n), request)
    )


def _scenario_json(one: Scenario) -> Json:
    return {"name": one.name, "description": one.description, "question": one.question}


def _active(name: str) -> Scenario:
    return get_object_or_404(Scenario, name=name, is_active=True)
