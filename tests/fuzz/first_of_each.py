"""What a member has under the number 1: the least that a description allows is often asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model

from catalog.models import DiaryEntry, FilmRequest, ImportRow, MemberImport, Movie, MovieList
from catalog.models.import_row import RowKind, RowOutcome
from catalog.models.member_import import ImportState


def give_the_first_of_each(user_id: int) -> None:
    film = first(Movie.objects.create, title="The first film", search_title="the first film")
    listed = first(MovieList.objects.create, user_id=user_id, title="The first list")
    listed.movies.add(film, through_defaults={"position": 0})
    first(DiaryEntry.objects.create, user_id=user_id, movie=film, watched_on=date(2026, 1, 2))
    first(FilmRequest.objects.create, user_id=user_id, tmdb_id=603)
    job = first(
        MemberImport.objects.create,
        user_id=user_id,
        file_name="ratings.csv",
        state=ImportState.PREVIEW,
    )
    first(
        ImportRow.objects.create,
        member_import=job,
        position=0,
        file="ratings.csv",
        line=2,
        kind=RowKind.RATING,
        title="Nobody knows",
        half_stars=8,
        outcome=RowOutcome.UNMATCHED,
    )


def first(create: Callable[..., Any], **fields: Any) -> Any:
    """Made twice where another test had the number already, so that the sequence is past it."""
    made: Model = create(**fields)
    if made.pk != 1 and not type(made)._default_manager.filter(pk=1).exists():
        made.delete()
        made = create(pk=1, **fields)
    return made
