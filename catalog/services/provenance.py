"""Notes where the fields of a film come from, and which of them an editor keeps."""

from collections.abc import Iterable

from django.utils import timezone

from catalog.models import FieldProvenance, Movie, Origin


def record_origin(
    movies: Iterable[Movie | int],
    fields: Iterable[str],
    origin: Origin,
    *,
    lock: bool | None = None,
) -> None:
    """These fields of these films were written by ``origin`` just now.

    ``fields`` are names of columns of `Movie`, of its relations (``genres``, ``collection``), or
    of what hangs on it (``links``, ``credits``, ``keywords``). ``lock`` None leaves the locks.
    """
    now = timezone.now()
    rows = [
        FieldProvenance(
            movie_id=movie.pk if isinstance(movie, Movie) else movie,
            field=field,
            origin=origin,
            locked=bool(lock),
            written_at=now,
        )
        for movie in movies
        for field in fields
    ]
    written = ["origin", "written_at"] if lock is None else ["origin", "written_at", "locked"]
    FieldProvenance.objects.bulk_create(
        rows,
        batch_size=5_000,
        update_conflicts=True,
        unique_fields=["movie", "field"],
        update_fields=written,
    )


def locked_fields(movie: Movie) -> frozenset[str]:
    """Names of the fields that only an editor may change."""
    return frozenset(movie.provenance.filter(locked=True).values_list("field", flat=True))


def set_lock(movie: Movie, field: str, *, locked: bool) -> None:
    """Keep a field as it is, or let refreshes and imports write it again."""
    row, created = FieldProvenance.objects.get_or_create(
        movie=movie, field=field, defaults={"origin": Origin.DATASET, "locked": locked}
    )
    if not created:
        row.locked = locked
        row.save(update_fields=["locked"])
