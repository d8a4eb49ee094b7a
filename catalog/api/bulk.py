"""Films and events in bulk, for other programs, by the ids that those have."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import HttpError, ValidationError

from catalog.services.outside_events import OutsideEvent, record_events
from catalog.services.outside_films import OutsideFilm, keys_of, upsert_films
from catalog.services.ratings import half_stars_of

from .auth import MEMBER, MemberSession, TokenAuth, member_id
from .bulk_schemas import EventsIn, EventsOut, FilmIn, FilmsIn, FilmsOut
from .payloads import Json
from .schemas import Problem

MOST_TOLD = 100  # places of one request that are said to make no sense

router = Router(tags=["bulk"])


@router.put(
    "films",
    auth=[TokenAuth("admin"), MemberSession(csrf=False)],
    response={200: FilmsOut, 401: Problem, 403: Problem},
    summary="Add or change up to 5,000 films",
)
def put_films(request: HttpRequest, body: FilmsIn) -> Json:
    """All of them, or none. What an editor has locked stays."""
    _require(request, "catalog.add_movie", "catalog.change_movie")
    done = upsert_films(body.source, [_film(one) for one in body.items])
    return {
        "created": len(done.created),
        "changed": len(done.changed),
        "unchanged": len(done.films) - len(done.created) - len(done.changed),
        "items": [{"external_id": name, "id": key} for name, key in done.films.items()],
    }


@router.post(
    "events",
    auth=MEMBER,
    response={200: EventsOut, 401: Problem, 403: Problem},
    summary="Tell up to 5,000 ratings and plays",
)
def add_events(request: HttpRequest, body: EventsIn) -> Status:
    """All of them, or none. Your own; for other members a token with the scope admin is needed."""
    names = {one.member for one in body.items if one.member is not None}
    users = dict(
        get_user_model()
        .objects.filter(username__in=names, is_active=True)
        .values_list("username", "pk")
    )
    others = set(users.values()) - {member_id(request)}
    if others or names - users.keys():
        _require(request, "catalog.add_rating", "catalog.add_diaryentry")
        if getattr(request.auth, "api_scope", "admin") != "admin":  # type: ignore[attr-defined]
            raise HttpError(403, "Events of other members need a token of the scope admin.")
    films = keys_of(body.source, [one.film for one in body.items])
    _refuse_unknown(body, films, users)
    events = [
        OutsideEvent(
            user_id=member_id(request) if one.member is None else users[one.member],
            movie_id=films[one.film],
            at=one.at,
            half_stars=None if one.rating is None else half_stars_of(one.rating),
        )
        for one in body.items
    ]
    done = record_events(events)
    return Status(200, {"ratings": done.ratings, "plays": done.plays})


def _require(request: HttpRequest, *permissions: str) -> None:
    """Of staff, and by a session what the administration wants: a second factor, where it does.

    A token of the scope admin was made in such a session.
    """
    user = request.auth  # type: ignore[attr-defined]
    if not (user.is_staff and user.has_perms(permissions)):
        raise HttpError(403, "Your role does not allow this.")
    if not hasattr(user, "api_scope") and not admin.site.has_permission(request):
        raise HttpError(403, "Show your second factor first, as for the administration.")


def _film(one: FilmIn) -> OutsideFilm:
    sent = one.dict(exclude_unset=True, exclude={"external_id", "links", "genres"})
    links = one.links.model_dump() if one.links else {}
    return OutsideFilm(
        external_id=one.external_id,
        facts={name: value for name, value in sent.items() if value is not None},
        ids={f"{name}_id": value for name, value in links.items() if value is not None},
        genres=one.genres,
    )


def _refuse_unknown(body: EventsIn, films: dict[str, int], users: dict[str, int]) -> None:
    errors = [
        {"type": "unknown", "loc": ["body", "items", place, name], "msg": f"No such {name}"}
        for place, one in enumerate(body.items)
        for name, known in (
            ("film", one.film in films),
            ("member", one.member is None or one.member in users),
        )
        if not known
    ]
    if errors:
        raise ValidationError(errors[:MOST_TOLD])
