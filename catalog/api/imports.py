"""Imports of the member who asks: a file is read, looked at, applied, and can be taken back."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Query, Router, Schema, Status, UploadedFile
from ninja.errors import HttpError

from catalog.member_import import request as requests
from catalog.member_import.formats.records import FileRefusedError
from catalog.member_import.messages import text_of
from catalog.member_import.upload_limit import upload_too_big
from catalog.models import MemberImport
from catalog.models.member_import import ImportState

from .auth import MEMBER, member_id
from .import_schemas import ImportList, ImportOut
from .pages import Part, part_of
from .payloads import Json
from .schemas import Problem
from .shelf_schemas import Key

router = Router(tags=["imports"], auth=MEMBER)


class ApplyIn(Schema):
    """Whose stars count where both have some: the newer ones, yours here, or the file's."""

    on_conflict: Literal["newest", "mine", "theirs"] = "newest"


@router.get("imports", response={200: ImportList, 401: Problem}, summary="Your imports")
def list_imports(request: HttpRequest, part: Query[Part]) -> Json:
    mine = MemberImport.objects.filter(user_id=member_id(request))
    return part_of(mine, part, ("-created_at", "-pk"), import_json)


@router.post(
    "imports",
    response={202: ImportOut, 401: Problem, 409: Problem, 413: Problem},
    summary="Send a file of what you have seen elsewhere",
)
def add_import(request: HttpRequest, file: UploadedFile = File(...)) -> Status:  # noqa: B008
    """Nothing is written before you apply it: a worker reads the file first."""
    if upload_too_big(request):
        raise HttpError(413, text_of("too-big"))
    try:
        job = requests.begin(
            user_id=member_id(request), file_name=file.name or "", content=file.chunks()
        )
    except FileRefusedError as error:
        raise HttpError(422, text_of(error.code, error.values)) from error
    except requests.TooManyUploadsError as error:
        raise HttpError(
            429, "You have uploaded many files within an hour: wait a while."
        ) from error
    except requests.TooManyImportsError as error:
        what = "remove old ones" if error.kept else "finish or discard your other imports first"
        raise HttpError(409, f"You have reached the limit of imports: {what}.") from error
    return Status(202, import_json(job))


@router.get(
    "imports/{import_id}",
    response={200: ImportOut, 401: Problem, 404: Problem},
    summary="How far an import is",
)
def get_import(request: HttpRequest, import_id: Key) -> Json:
    return import_json(_mine(request, import_id))


@router.post(
    "imports/{import_id}/apply",
    response={202: ImportOut, 401: Problem, 404: Problem, 409: Problem},
    summary="Have an import written that was read",
)
def apply_import(request: HttpRequest, import_id: Key, body: ApplyIn) -> Status:
    """Saying it twice is saying it once."""
    job = _mine(request, import_id)
    if job.state == ImportState.PREVIEW and job.open_questions:
        raise HttpError(409, "This file has open questions: answer them first.")
    if not requests.ask_apply(job, body.on_conflict):
        job.refresh_from_db()
        if job.state not in (ImportState.APPLYING, ImportState.APPLIED):
            raise HttpError(409, f"An import that is {job.state} cannot be applied.")
    return Status(202, import_json(_mine(request, import_id)))


@router.post(
    "imports/{import_id}/undo",
    response={202: ImportOut, 401: Problem, 404: Problem, 409: Problem},
    summary="Take an import back",
)
def undo_import(request: HttpRequest, import_id: Key) -> Status:
    job = _mine(request, import_id)
    try:
        changed = requests.ask_undo(job)
    except requests.UndoneFirstError as error:
        raise HttpError(409, f"Import {error.later.pk} has to be undone before.") from error
    if not changed:
        job.refresh_from_db()
        if job.state not in (ImportState.UNDOING, ImportState.UNDONE):
            raise HttpError(409, f"An import that is {job.state} cannot be undone.")
    return Status(202, import_json(_mine(request, import_id)))


@router.delete(
    "imports/{import_id}",
    response={204: None, 401: Problem, 409: Problem},
    summary="Discard an import that changed nothing, or nothing any more",
)
def delete_import(request: HttpRequest, import_id: Key) -> Status:
    job = MemberImport.objects.filter(user_id=member_id(request), pk=import_id).first()
    if job is not None and not requests.discard(job):
        raise HttpError(409, f"An import that is {job.state} cannot be discarded.")
    return Status(204, None)


def _mine(request: HttpRequest, import_id: int) -> MemberImport:
    return get_object_or_404(MemberImport, user_id=member_id(request), pk=import_id)


def import_json(job: MemberImport) -> Json:
    return {
        "id": job.pk,
        "file_name": job.file_name,
        "source": job.source or None,
        "state": job.state,
        "questions": len(job.open_questions),
        "created_at": job.created_at,
        "changed_at": job.changed_at,
        "result": job.result,
    }
