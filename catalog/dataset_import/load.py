"""Loading a dataset into the catalog: all of it or nothing, and twice is the same as once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from catalog.datasets.detection import find_dataset
from catalog.datasets.known import credits_of
from catalog.datasets.rating_rows import refuse_other_scale
from catalog.datasets.records import DatasetError, PeopleReader, Reader
from catalog.datasets.report import Report
from catalog.models import Dataset
from catalog.models.dataset import CREDITS_CACHE_KEY
from catalog.services.ratings import announce
from catalog.services.waiting_rows import tell_arrived

from . import locks, staging, upsert_credits, upsert_films, upsert_ratings
from .dataset_films import note_films
from .preview import show_first_rows

ANALYZED = (
    *("movie", "link", "rating", "genre", "movie_genres", "company", "movie_companies"),
    *("person", "credit", "keyword", "keyword_movies"),
)
SEARCH_INDEXES = ("catalog_movie_search", "catalog_person_search")
IMPORT_LOCK = 0x4D41_5449  # any number, as long as nothing else locks it


class ImportRunningError(DatasetError):
    """Another import or removal of a dataset is at work."""


# Called with one short phrase when a step begins.
Say = Callable[[str], None]


def import_dataset(
    path: Path,
    *,
    slug: str = "",
    small: bool = False,
    scale: int = 5,
    report: Report | None = None,
    say: Say | None = None,
) -> Report:
    """Load the dataset in a folder or zip and say what was done.

    Films that are there already, by their MovieLens, IMDb or TMDB id, are completed; the ratings
    of the site's own members are never touched. Takes memory for one portion of films and the
    ids of those rated, however many ratings there are. With a ``report`` that is a preview all
    is read and counted, and nothing is written.

    Raises
    ------
    DatasetError
        When the layout is none that is known, a file is damaged, most of a file's rows are
        rejected, or another import is running.
    """
    report, say = report or Report(), say or _silent
    reader, place = find_dataset(path, slug=slug, small=small, scale=scale)
    if place:
        say(f"Taking {place}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            _load(cursor, reader, report, say)
        if report.changed and not report.preview:
            announce(None)
            tell_arrived(None)
    if report.changed and not report.preview:
        say("Refreshing the database's statistics")
        analyze()
    return report


def _silent(_phase: str) -> None:
    """The progress callback of an import that nobody watches."""


def _load(cursor: Any, reader: Reader, report: Report, say: Say) -> None:
    if not report.preview:
        lock_imports(cursor)
    cursor.execute("SET LOCAL work_mem = '64MB'")
    staging.create_tables(cursor)
    say("Reading ratings")
    rated = staging.stage_ratings(cursor, reader.ratings(report))
    refuse_other_scale(report)
    refuse_if_hardly_read(report, "ratings")
    say("Reading films")
    staging.stage_films(cursor, reader.films(rated, report))
    refuse_if_hardly_read(report, "movies", "links")
    say("Storing films")
    upsert_films.set_merged_films_aside(cursor, report)
    upsert_films.match_movies(cursor, preview=report.preview)
    upsert_films.upsert_collections(cursor, report)
    upsert_films.upsert_facets(cursor, report)
    upsert_films.upsert_movies(cursor, report)
    upsert_films.upsert_links(cursor, report)
    if not report.preview:
        upsert_films.connect_facets(cursor)
        locks.note_origins(cursor)
        if isinstance(reader, PeopleReader):
            _load_people(cursor, reader, report, say)
    say("Storing ratings")
    upsert_ratings.upsert_raters(cursor, report, reader.slug)
    upsert_ratings.upsert_ratings(cursor, report, reader.slug, reader.item_key)
    if report.preview:
        show_first_rows(cursor, report, reader.item_key)
    else:
        _note_dataset(cursor, reader.slug, changed=report.changed)
    staging.drop_tables(cursor)
    say("Finishing")


def lock_imports(cursor: Any) -> None:
    """Keep all other imports and removals away until the transaction ends.

    Raises ImportRunningError where one is at work.
    """
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
    if not cursor.fetchone()[0]:
        raise ImportRunningError("Another import is running; start this one when it has finished.")


def refuse_if_hardly_read(report: Report, *kinds: str) -> None:
    """Raise DatasetError where a file had no rows, or less than half of them could be read."""
    for kind in kinds:
        count = report.counts.get(kind)
        if count is None:
            continue
        if not count.read and kind != "links":
            raise DatasetError(f"Nothing was stored: there is not one row of {kind}.")
        if count.rejected * 2 > count.read:
            told = ": " + str(report.problems[0]) if report.problems else ""
            raise DatasetError(
                f"Nothing was stored: {count.rejected:,} of {count.read:,} rows of {kind} cannot "
                f"be read{told}"
            )


def _load_people(cursor: Any, reader: PeopleReader, report: Report, say: Say) -> None:
    """Cast, crew and keywords, where the dataset has files of them."""
    if (credits := reader.credits(report)) is not None:
        say("Reading credits")
        upsert_credits.stage_credits(cursor, credits)
        say("Storing credits")
        upsert_credits.upsert_people(cursor, report)
        upsert_credits.upsert_credits(cursor, report)
    if (keywords := reader.keywords(report)) is not None:
        say("Reading keywords")
        upsert_credits.stage_keywords(cursor, keywords)
        upsert_credits.upsert_keywords(cursor, report)


def _note_dataset(cursor: Any, slug: str, *, changed: bool) -> None:
    """Keep the licence and citation that the page footer shows, and which films it has."""
    dataset = Dataset.objects.filter(slug=slug).first()
    legacy = dataset is not None and not dataset.films.exists()
    if dataset is None or changed:
        credits = credits_of(slug)
        dataset, _ = Dataset.objects.update_or_create(
            slug=slug,
            defaults={
                "title": credits.title or slug,
                "licence": credits.licence,
                "citation": credits.citation,
                "url": credits.url,
            },
        )
    note_films(cursor, dataset, legacy=legacy)
    transaction.on_commit(lambda: cache.delete(CREDITS_CACHE_KEY))


def analyze() -> None:
    with connection.cursor() as cursor:
        for table in ANALYZED:
            cursor.execute(f"ANALYZE catalog_{table}")
        # What a trigram index has put off would have to be read through by each search.
        for index in SEARCH_INDEXES:
            cursor.execute("SELECT gin_clean_pending_list(to_regclass(%s))", [index])
