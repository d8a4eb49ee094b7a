"""Where the fields of a film come from, and the locks on them."""

from catalog.models import FieldProvenance, Movie, Origin
from catalog.services.provenance import locked_fields, record_origin, set_lock


def origins() -> dict[tuple[int, str], tuple[str, bool]]:
    return {
        (row.movie_id, row.field): (row.origin, row.locked) for row in FieldProvenance.objects.all()
    }


def test_the_last_writer_of_a_field_is_its_origin(films: list[Movie]) -> None:
    one, other = films[:2]
    record_origin([one, other.pk], ["overview", "genres"], Origin.TMDB)
    record_origin([one], ["overview"], Origin.EDITOR, lock=True)
    assert origins() == {
        (one.pk, "overview"): ("editor", True),
        (one.pk, "genres"): ("tmdb", False),
        (other.pk, "overview"): ("tmdb", False),
        (other.pk, "genres"): ("tmdb", False),
    }


def test_a_write_leaves_the_lock_as_it_is(films: list[Movie]) -> None:
    set_lock(films[0], "year", locked=True)
    assert origins() == {(films[0].pk, "year"): ("dataset", True)}
    record_origin([films[0]], ["year"], Origin.EDITOR)
    assert locked_fields(films[0]) == {"year"}
    set_lock(films[0], "year", locked=False)
    assert locked_fields(films[0]) == frozenset()
    assert origins() == {(films[0].pk, "year"): ("editor", False)}
