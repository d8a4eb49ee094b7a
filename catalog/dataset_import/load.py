"""Loading a dataset into the catalog: all of it or nothing, and twice is the same as once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from catalog.datasets.detection import recognise
from catalog.datasets.known import credits_of
from catalog.datasets.records import DatasetError, Reader
from catalog.datasets.report import Report
from catalog.models import Dataset
from catalog.models.dataset import CREDITS_CACHE_KEY
from catalog.services.ratings import announce
from catalog.services.waiting_rows import tell_arrived

from . import staging, upsert_films, upsert_ratings

ANALYZED = ("movie", "link", "rating", "genre", "movie_genres", "company", "movie_companies")
IMPORT_LOCK = 0x4D41_5449  # any number, as long as nothing else locks it

# Called with one short phrase when a step begins.
Say = Callable[[str], None]


def import_dataset(
    path: Path,
    *,
    slug: str = "",
    small: bool = False,
    report: Report | None = None,
    say: Say | None = None,
) -> Report:
    """Load the dataset in a folder or zip and say what was done.

    Films that are there already, by their MovieLens, IMDb or TMDB id, are completed; the ratings
    of the site's own members are never touched. Takes memory for one portion of films and the
    ids of those rated, however many ratings there are.

    Raises
    ------
    DatasetError
        When the layout is none that is known, a file is damaged, or another import is running.
    """
    report, say = report or Report(), say or _silent
    reader = recognise(path, slug=slug, small=small)
    with transaction.atomic():
        with connection.cursor() as cursor:
            _load(cursor, reader, report, say)
        if report.changed:
            _note_dataset(reader.slug)
            announce(None)
            tell_arrived(None)
    if report.changed:
        say("Refreshing the database's statistics")
        _analyze()
    return report


def _silent(_phase: str) -> None:
    """The progress callback of an import that nobody watches."""


def _load(cursor: Any, reader: Reader, report: Report, say: Say) -> None:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
    if not cursor.fetchone()[0]:
        raise DatasetError("Another import is running; start this one when it has finished.")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    staging.create_tables(cursor)
    say("Reading ratings")
    rated = staging.stage_ratings(cursor, reader.ratings(report))
    say("Reading films")
    staging.stage_films(cursor, reader.films(rated, report))
    say("Storing films")
    upsert_films.match_movies(cursor)
    upsert_films.upsert_collections(cursor, report)
    upsert_films.upsert_facets(cursor, report)
    upsert_films.upsert_movies(cursor, report)
    upsert_films.upsert_links(cursor, report)
    upsert_films.connect_facets(cursor)
    say("Storing ratings")
    upsert_ratings.upsert_raters(cursor, report, reader.slug)
    upsert_ratings.upsert_ratings(cursor, report, reader.slug, reader.item_key)
    staging.drop_tables(cursor)


def _note_dataset(slug: str) -> None:
    """Keep the licence and citation that the page footer shows."""
    credits = credits_of(slug)
    Dataset.objects.update_or_create(
        slug=slug,
        defaults={
            "title": credits.title or slug,
            "licence": credits.licence,
            "citation": credits.citation,
            "url": credits.url,
        },
    )
    transaction.on_commit(lambda: cache.delete(CREDITS_CACHE_KEY))


def _analyze() -> None:
    with connection.cursor() as cursor:
        for table in ANALYZED:
            cursor.execute(f"ANALYZE catalog_{table}")
        # What a trigram index has put off would have to be read through by each search.
        cursor.execute("SELECT gin_clean_pending_list(to_regclass('catalog_movie_search'))")
