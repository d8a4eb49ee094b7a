"""What an import asks the member who sent it, and what the member says."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from ninja.errors import HttpError, ValidationError

from catalog.member_import import preview
from catalog.member_import import request as requests
from catalog.member_import.decide import decide
from catalog.member_import.questions import Asked, fields
from catalog.models import ImportRow, MemberImport, Movie

from .auth import MEMBER, member_id
from .import_schemas import AnswersIn, DecisionIn, ImportOut, QuestionList, RowList, RowOut, RowPart
from .imports import import_json
from .pages import part_of
from .payloads import Json, movie_json
from .schemas import Problem
from .shelf_schemas import Key

router = Router(tags=["imports"], auth=MEMBER)

NOT_NOW = "Nothing can be decided about an import that is {state}."


@router.get(
    "imports/{import_id}/questions",
    response={200: QuestionList, 401: Problem, 404: Problem},
    summary="What only you can say about the file",
)
def list_questions(request: HttpRequest, import_id: Key) -> Json:
    asked = fields(_mine(request, import_id))
    return {"items": asked, "count": len(asked)}


@router.post(
    "imports/{import_id}/answers",
    response={202: ImportOut, 401: Problem, 404: Problem, 409: Problem},
    summary="Answer questions; the file is read again by that",
)
def answer_questions(request: HttpRequest, import_id: Key, body: AnswersIn) -> Status:
    """What was said before stays, unless it is said anew."""
    job = _mine(request, import_id)
    _refuse_unasked(fields(job), body.answers)
    if not requests.answer(job, body.answers):
        job.refresh_from_db()
        raise HttpError(409, NOT_NOW.format(state=job.state))
    return Status(202, import_json(_mine(request, import_id)))


@router.get(
    "imports/{import_id}/rows",
    response={200: RowList, 401: Problem, 404: Problem},
    summary="What the file says of films, and which films are meant",
)
def list_rows(request: HttpRequest, import_id: Key, part: Query[RowPart]) -> Json:
    """In the order of the file; ``unmatched`` are those whose film was not found for sure."""
    rows = _mine(request, import_id).rows.all()
    if part.outcome is not None:
        rows = rows.filter(outcome=part.outcome)
    found = part_of(_with_films(rows), part, ("position",), lambda row: {"row": row})
    shown = [one["row"] for one in found["items"]]
    return {**found, "items": _rows_json(shown, request)}


@router.patch(
    "imports/{import_id}/rows/{row_id}",
    response={200: RowOut, 401: Problem, 404: Problem, 409: Problem},
    summary="Say which film is meant, whose stars count, or leave it out",
)
def decide_row(request: HttpRequest, import_id: Key, row_id: Key, body: DecisionIn) -> Json:
    """Rows of the same film are decided with it; ``"movie": null`` is another film than thought."""
    job = _mine(request, import_id)
    rows = _with_films(job.rows.all())
    get_object_or_404(rows, pk=row_id)
    if body.movie and not Movie.objects.visible().filter(pk=body.movie).exists():
        raise ValidationError(
            [{"type": "unknown", "loc": ["body", "movie"], "msg": "No such movie"}]
        )
    for decision in _decisions(body):
        if not decide(job, {f"row-{row_id}": decision}):
            job.refresh_from_db()
            raise HttpError(409, NOT_NOW.format(state=job.state))
    return _rows_json([get_object_or_404(rows.all(), pk=row_id)], request)[0]


def _decisions(body: DecisionIn) -> list[str]:
    """In the words of `catalog.member_import.decide`, for what the body names."""
    decisions = []
    if "movie" in body.model_fields_set:
        decisions.append(f"film-{body.movie}" if body.movie else "wrong")
    if body.left_out is not None:
        decisions.append("left-out" if body.left_out else "taken-in")
    if body.take is not None:
        decisions.append(body.take)
    return decisions


def _refuse_unasked(asked: list[Asked], answers: dict[str, str]) -> None:
    options = {one["key"]: one["options"] for one in asked}
    wrong = {key: value for key, value in answers.items() if value not in options.get(key, ())}
    if wrong:
        raise ValidationError(
            [
                {
                    "type": "unknown",
                    "loc": ["body", "answers", key],
                    "msg": "Not one of the options" if key in options else "This is not asked",
                }
                for key in wrong
            ]
        )


def _mine(request: HttpRequest, import_id: int) -> MemberImport:
    return get_object_or_404(MemberImport, user_id=member_id(request), pk=import_id)


def _with_films(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    return rows.select_related("movie__link").prefetch_related("movie__genres")


def _rows_json(rows: list[ImportRow], request: HttpRequest) -> list[Json]:
    preview.attach_suggestions(rows)
    return [
        {
            "id": row.pk,
            "kind": row.kind,
            "title": row.title,
            "year": row.year,
            "rating": row.stars,
            "watched_on": row.watched_on,
            "outcome": row.outcome,
            "take": row.take or "rule",
            "movie": movie_json(row.movie, request) if row.movie else None,
            "suggestions": [movie_json(one.movie, request) for one in row.suggested],  # type: ignore[attr-defined]
        }
        for row in rows
    ]
