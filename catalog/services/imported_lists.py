"""Lists of an import: which of the member's lists they become, and their films."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from catalog.models import ImportList, ImportRow, MemberImport, MovieList
from catalog.models.import_row import RowKind, RowOutcome

from .lists import ListLimitError, make_list

# Films stand in a new list where they stood in the file, with gaps for those that are not there;
# in one that was there, or at a place that is taken, they come last.
FILL = """
WITH wanted AS (
    SELECT r.id, r.movie_id, r.note, r.happened_at, r.place, row_number() OVER (
        ORDER BY r.place, r.position) AS number
    FROM catalog_importrow r
    WHERE r.member_import_id = %(job)s AND (NOT %(late)s OR r.arrived_at = %(now)s)
      AND r.kind = 'list' AND r.list_number = %(number)s AND r.outcome = 'new'),
there AS (
    SELECT count(*) AS films, coalesce(max(position), -1) AS last
    FROM catalog_movielistentry WHERE list_id = %(list)s),
placed AS (
    SELECT w.*, CASE WHEN %(made)s AND NOT EXISTS (
            SELECT FROM catalog_movielistentry e
            WHERE e.list_id = %(list)s AND e.position = w.place)
        THEN w.place ELSE greatest(there.last, %(longest)s) + w.number END AS position
    FROM wanted w, there WHERE there.films + w.number <= %(most)s),
added AS (
    INSERT INTO catalog_movielistentry (list_id, movie_id, position, note, added_at)
    SELECT %(list)s, movie_id, position, note, coalesce(happened_at, %(uploaded)s) FROM placed
    ORDER BY position
    ON CONFLICT (list_id, movie_id) DO NOTHING
    RETURNING movie_id)
UPDATE catalog_importrow r SET written = true
FROM added JOIN placed USING (movie_id)
WHERE r.id = placed.id
"""


def choose(job: MemberImport) -> list[ImportList]:
    """Give each list of the import the member's list of its name, each to one, if there is one."""
    lists = list(ImportList.objects.filter(member_import=job).select_related("movie_list"))
    taken = {one.movie_list_id for one in lists if one.movie_list_id}
    free: dict[str, list[MovieList]] = {}
    for mine in MovieList.objects.filter(user_id=job.user_id).exclude(pk__in=taken).order_by("pk"):
        free.setdefault(mine.title, []).append(mine)
    for one in lists:
        if one.movie_list is None and not one.made and free.get(one.title):
            one.movie_list = free[one.title].pop(0)
            one.save(update_fields=["movie_list"])
    return lists


def fill(job: MemberImport, lists: list[ImportList], values: Mapping[str, Any]) -> list[str]:
    """Write the films of the lists. Returns the titles of lists for which there is no room."""
    refused = []
    wanted = _wanted(job)
    with connection.cursor() as cursor:
        for one in lists:
            if not wanted.get(one.number, True):
                continue  # none of its films is here yet: it is made when the first one comes
            if one.movie_list is None and not _make(job, one):
                refused.append(one.title)
                continue
            more: dict[str, Any] = {
                "number": one.number,
                "list": one.movie_list_id,
                "made": one.made,
                "longest": MovieList.MOST_FILMS if one.made else -1,
                "most": MovieList.MOST_FILMS,
            }
            cursor.execute(FILL, {**values, **more})
            if one.made and one.changed_at:
                _set_times(one)
            elif cursor.rowcount:
                MovieList.objects.filter(pk=more["list"]).update(updated_at=values["now"])
    return refused


def _wanted(job: MemberImport) -> dict[int, bool]:
    """Whether films of a list are new, by its number; lists without films are not in it."""
    rows = ImportRow.objects.filter(member_import=job, kind=RowKind.LIST).order_by()
    counted = rows.values_list("list_number").annotate(
        new=Count("pk", filter=Q(outcome=RowOutcome.NEW))
    )
    return {number: bool(new) for number, new in counted}


def _make(job: MemberImport, one: ImportList) -> bool:
    try:
        made = make_list(
            user_id=job.user_id,
            title=one.title,
            description=one.description,
            is_public=one.is_public,
        )
    except ListLimitError:
        return False
    one.movie_list, one.made = made, True
    one.save(update_fields=["movie_list", "made"])
    _set_times(one)
    return True


def _set_times(one: ImportList) -> None:
    """A list is as old as it was elsewhere."""
    times = {"created_at": one.listed_at, "updated_at": one.changed_at or one.listed_at}
    known = {name: at for name, at in times.items() if at is not None}
    if known:
        MovieList.objects.filter(pk=one.movie_list_id or 0).update(**known)


def empty(job: MemberImport) -> tuple[int, int]:
    """Undo ``fill``: its films leave, and so do lists that it made and that are empty then.

    Returns how many films and how many lists.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM catalog_movielistentry e USING catalog_importrow r, catalog_importlist l
            WHERE r.member_import_id = %(job)s AND r.kind = 'list' AND r.written
              AND l.member_import_id = %(job)s AND l.number = r.list_number
              AND e.list_id = l.movie_list_id AND e.movie_id = r.movie_id AND e.note = r.note
              AND e.added_at = coalesce(r.happened_at, %(uploaded)s)
            """,
            {"job": job.pk, "uploaded": job.created_at},
        )
        films = cursor.rowcount
    emptied = [
        one.movie_list.pk
        for one in ImportList.objects.filter(member_import=job, made=True).select_related(
            "movie_list"
        )
        if one.movie_list is not None
        and (one.movie_list.title, one.movie_list.description) == (one.title, one.description)
        and not one.movie_list.entries.exists()
    ]
    MovieList.objects.filter(pk__in=emptied).delete()
    return films, len(emptied)
