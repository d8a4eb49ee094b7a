"""Writes who made a film and what it is about: whole, in one transaction, with its origin.

The importer of datasets writes many films at once: ``catalog/dataset_import/upsert_credits.py``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _

from catalog.models import Credit, Department, Keyword, Movie, Origin, Person
from catalog.tmdb.records import CreditRecord, KeywordRecord

from .provenance import locked_fields, record_origin

CAST_KEPT = 20

# The jobs that are kept, as TMDB names them, which are translated where they are shown.
JOBS = {
    **dict.fromkeys((_("Director"), _("Co-Director")), Department.DIRECTING),
    **dict.fromkeys(
        (
            _("Screenplay"),
            _("Writer"),
            _("Co-Writer"),
            _("Story"),
            _("Original Story"),
            _("Screenstory"),
            _("Scenario Writer"),
            _("Teleplay"),
            _("Adaptation"),
            _("Dialogue"),
            _("Author"),
            _("Novel"),
            _("Book"),
            _("Short Story"),
            _("Theatre Play"),
            _("Comic Book"),
            _("Graphic Novel"),
            _("Musical"),
            _("Characters"),
            _("Idea"),
        ),
        Department.WRITING,
    ),
    **dict.fromkeys(
        (_("Director of Photography"), _("Cinematography")),
        Department.PHOTOGRAPHY,
    ),
    **dict.fromkeys(
        (_("Original Music Composer"), _("Music"), _("Composer"), _("Co-Composer"), _("Songs")),
        Department.MUSIC,
    ),
}

LINE = ("person_id", "department", "job", "character", "position")
LONGEST_NAME = 200
LONGEST_CHARACTER = 300
LONGEST_PATH = 200
LARGEST_ID = 2**31 - 1
LARGEST_POSITION = 2**15 - 1


@dataclass(frozen=True, slots=True)
class KeptCredit:
    """A line that the site keeps, cut to the width of its columns."""

    tmdb_person_id: int
    name: str
    profile_path: str
    department: Department
    job: str
    character: str
    position: int


def kept_credits(records: Sequence[CreditRecord]) -> list[KeptCredit]:
    """The first twenty of the cast, and the crew's direction, writing, photography and music.

    Several characters of one actor, and a job named twice, become one.
    """
    kept: dict[tuple[int, Department, str], KeptCredit] = {}
    cast = sorted((one for one in records if one.kind == "cast"), key=lambda one: one.order)
    actors = list(dict.fromkeys(one.tmdb_person_id for one in cast if _is_person(one)))[:CAST_KEPT]
    for one in [*cast, *(one for one in records if one.kind == "crew")]:
        job = "" if one.kind == "cast" else one.job
        department = Department.ACTING if one.kind == "cast" else JOBS.get(one.job)
        if not _is_person(one) or department is None:
            continue
        if department is Department.ACTING and one.tmdb_person_id not in actors:
            continue
        key = (one.tmdb_person_id, department, job)
        before = kept.get(key)
        characters = [before.character] if before and before.character else []
        if one.kind == "cast" and one.character and one.character not in characters:
            characters.append(one.character)
        kept[key] = KeptCredit(
            tmdb_person_id=one.tmdb_person_id,
            name=one.name.strip()[:LONGEST_NAME],
            profile_path=one.profile_path if _is_path(one.profile_path) else "",
            department=department,
            job=job,
            character=" / ".join(characters)[:LONGEST_CHARACTER],
            position=before.position if before else min(len(kept), LARGEST_POSITION),
        )
    return list(kept.values())


def _is_person(record: CreditRecord) -> bool:
    return 0 < record.tmdb_person_id <= LARGEST_ID and bool(record.name.strip())


def _is_path(path: str) -> bool:
    return path.startswith("/") and len(path) <= LONGEST_PATH


def set_credits(
    movie: Movie, credits: Sequence[CreditRecord], *, origin: Origin = Origin.TMDB
) -> bool:
    """Replace a film's cast and crew; False, and nothing done, where an editor has locked them."""
    kept = kept_credits(credits)
    with transaction.atomic():
        if not _may_write(movie, "credits"):
            return False
        people = _people(kept)
        lines = [
            (people[one.tmdb_person_id].pk, one.department, one.job, one.character, one.position)
            for one in kept
        ]
        if set(lines) != set(movie.credits.order_by().values_list(*LINE)):
            movie.credits.all().delete()
            Credit.objects.bulk_create(
                Credit(movie=movie, **dict(zip(LINE, line, strict=True))) for line in lines
            )
        record_origin([movie], ["credits"], origin)
    return True


def set_keywords(
    movie: Movie, keywords: Sequence[KeywordRecord], *, origin: Origin = Origin.TMDB
) -> bool:
    """Replace a film's keywords; False, and nothing done, where an editor has locked them."""
    names = {
        one.tmdb_id: one.name.strip()[:LONGEST_NAME]
        for one in keywords
        if 0 < one.tmdb_id <= LARGEST_ID and one.name.strip()
    }
    with transaction.atomic():
        if not _may_write(movie, "keywords"):
            return False
        Keyword.objects.bulk_create(
            [Keyword(tmdb_id=key, name=names[key]) for key in sorted(names)],
            update_conflicts=True,
            unique_fields=["tmdb_id"],
            update_fields=["name"],
        )
        movie.keywords.set(Keyword.objects.filter(tmdb_id__in=names))
        record_origin([movie], ["keywords"], origin)
    return True


def _may_write(movie: Movie, field: str) -> bool:
    """Under a lock of the film's row, so that two writers do not mix their lines."""
    Movie.objects.select_for_update(no_key=True).only("pk").get(pk=movie.pk)
    return field not in locked_fields(movie)


def _people(kept: Sequence[KeptCredit]) -> dict[int, Person]:
    """The people of these lines by their ids at TMDB: new ones made, names and pictures renewed."""
    latest = {one.tmdb_person_id: one for one in kept}
    known = _known(latest)
    new = [
        Person(
            tmdb_id=key,
            name=one.name,
            search_name=Person.folded_name(one.name),
            profile_path=one.profile_path,
        )
        for key, one in sorted(latest.items())
        if key not in known
    ]
    if new:
        Person.objects.bulk_create(new, ignore_conflicts=True)
        known = _known(latest)
    renewed = []
    for key, person in sorted(known.items()):
        one = latest[key]
        same = (person.name, person.profile_path) == (one.name, one.profile_path)
        if not same and not person.locked:
            person.name, person.profile_path = one.name, one.profile_path
            person.search_name = Person.folded_name(one.name)
            renewed.append(person)
    Person.objects.bulk_update(renewed, ["name", "search_name", "profile_path"])
    return known


def _known(tmdb_ids: Collection[int]) -> dict[int, Person]:
    found = Person.objects.filter(tmdb_id__in=list(tmdb_ids))
    return {person.tmdb_id: person for person in found if person.tmdb_id is not None}
