"""Films for the member who asks and some friends."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from catalog.api.auth import MEMBER, member_id
from catalog.api.payloads import Json, movies_json
from catalog.api.schemas import Problem
from recommender.pages.together import MOST_MEMBERS, for_group, willing_friends
from recommender.serving.member import filters_of

from .schemas import HowMany, TogetherList

# Of a function's parameters ninja sees that this one repeats only where its type is a plain list.
NAMES = Query(..., min_length=1, max_length=MOST_MEMBERS - 1)

router = Router(tags=["me"], auth=MEMBER)


@router.get(
    "together",
    response={200: TogetherList, 401: Problem, 404: Problem},
    summary="What you and your friends would like",
)
def together(request: HttpRequest, member: list[str] = NAMES, n: HowMany = 20) -> Json:
    """``member`` repeats: user names of friends who let friends include them; others are left out.

    By the stars of whoever would like it least. ``members`` says who was included.
    """
    user = request.auth  # type: ignore[attr-defined]
    friends = [one for one in willing_friends(user.pk) if one.get_username() in member]
    cards = for_group([user, *friends], filters_of(member_id(request)), n) if friends else []
    movies = movies_json([card.movie.pk for card in cards], request)
    items = [
        {"movie": movies[card.movie.pk], "least": card.least, "average": card.average}
        for card in cards
        if card.movie.pk in movies
    ]
    names = [one.get_username() for one in friends]
    return {"items": items, "count": len(items), "members": names}
