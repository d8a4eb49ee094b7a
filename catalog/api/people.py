"""People: search, and one person with their films. Open to everybody."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from catalog.models import Person
from catalog.queries.people import filmography, find_people, find_similar_people

from .payloads import Json, movies_json, person_json
from .schemas import Limit, PersonId, PersonList, PersonOut, Problem

router = Router(tags=["people"])


@router.get(
    "",
    response=PersonList,
    summary="Search people",
    operation_id="catalog_api_people_list_people",
)
def list_people(request: HttpRequest, search: str, limit: Limit = 20) -> Json:
    """Those in whose names the words stand or begin, the best known first; else near misses."""
    people = find_people(search, limit=limit) or find_similar_people(search, limit=limit)
    found = [person_json(one.person, request) for one in people]
    return {"items": found, "count": len(found)}


@router.get(
    "{person_id}",
    response={200: PersonOut, 404: Problem},
    summary="One person, with films in time order",
    operation_id="catalog_api_people_get_person",
)
def get_person(request: HttpRequest, person_id: PersonId) -> Json:
    person = get_object_or_404(Person, pk=person_id)
    films = filmography(person)
    movies = movies_json(films.movie_ids, request)
    credits = [
        {"department": department.value, "role": role.what, "movie": movies[role.movie_id]}
        for department, roles in films.sections
        for role in roles
        if role.movie_id in movies
    ]
    return {**person_json(person, request), "credits": credits}
