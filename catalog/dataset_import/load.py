"""Loading a dataset into the catalog: twice is the same as once, and half can go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from .preview import SHOWN, show_first_rows
from .rating_spool import RatingSpool

ANALYZED = (
    *("movie", "link", "rating", "genre", "movie_genres", "company", "movie_companies"),
    *("person", "credit", "keyword", "keyword_movies"),
)
SEARCH_INDEXES = ("catalog_movie_search", "catalog_person_search")
IMPORT_LOCK = 0x4D41_5449  # any number, as long as nothing else locks it
RUNNING = "Another import is running; start this one when it has finished."
# Ratings that are stored at a time: some seconds, in which a film that one of them is of can be
# rated, but not deleted.
PORTION = 1_000_000


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
    of the site's own members are never touched. Takes memory for one portion of films or ratings
    and for the ids of raters and of what they rated, however many ratings there are. With a
    ``report`` that is a preview all is read and counted, and nothing is written.

    All is stored or nothing, up to a million ratings. Of more, films and raters come first, then
    the ratings, a million at a time: whoever writes at the same time waits for none of them, and
    an import that was broken off goes on where it was when it is begun again.

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
    with _no_other_import(report), RatingSpool() as spool:
        say("Reading ratings")
        for block in reader.ratings(report):
            spool.add(block)
        refuse_other_scale(report)
        refuse_if_hardly_read(report, "ratings")
        spool.finish(PORTION)
        _load(reader, spool, report, say)
    if report.changed and not report.preview:
        tell_arrived(None)
        say("Refreshing the database's statistics")
        analyze()
    return report


def _silent(_phase: str) -> None:
    """The progress callback of an import that nobody watches."""


@contextmanager
def _no_other_import(report: Report) -> Iterator[None]:
    if report.preview:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            raise ImportRunningError(RUNNING)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


def _load(reader: Reader, spool: RatingSpool, report: Report, say: Say) -> None:
    """Store all in one transaction, or each portion of ratings in one of its own."""
    portions, done = spool.portions(PORTION), 0
    with transaction.atomic(), connection.cursor() as cursor:
        keys = _load_films(cursor, reader, spool, report, say)
        say("Storing ratings")
        if report.preview or spool.count <= PORTION:
            for ratings in portions:
                upsert_ratings.upsert_ratings(cursor, report, reader.slug, ratings, *keys)
        if report.changed and not report.preview:
            announce(None)
        staging.drop_tables(cursor)
    for number, ratings in enumerate(portions, start=1):
        with transaction.atomic(), connection.cursor() as cursor:
            upsert_ratings.upsert_ratings(cursor, report, reader.slug, ratings, *keys)
            announce(None)
        if number & (number - 1) == 0:  # the table has doubled: whoever reads it has to know
            analyze("rating")
        done += len(ratings)
        if report.watch:
            report.watch("ratings", done, spool.count)
    say("Finishing")


def _load_films(
    cursor: Any, reader: Reader, spool: RatingSpool, report: Report, say: Say
) -> tuple[upsert_ratings.KeyMap, upsert_ratings.KeyMap]:
    """Store all but the ratings; returns the keys of raters and of what they rated."""
    cursor.execute("SET LOCAL work_mem = '64MB'")
    staging.create_tables(cursor)
    say("Reading films")
    staging.stage_films(cursor, reader.films(set(spool.items.tolist()), report))
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
    raters = upsert_ratings.upsert_raters(cursor, report, reader.slug, spool.raters)
    if report.preview:
        show_first_rows(cursor, report, reader.item_key, spool.first(SHOWN))
    else:
        _note_dataset(cursor, reader.slug, changed=report.changed)
    return raters, upsert_ratings.films_of_items(cursor, reader.item_key)


def lock_imports(cursor: Any) -> None:
    """Keep all other imports and removals away until the transaction ends.

    Raises ImportRunningError where one is at work.
    """
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
    if not cursor.fetchone()[0]:
        raise ImportRunningError(RUNNING)


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


def analyze(*tables: str) -> None:
    """Refresh the statistics of these tables, or of all that an import changes."""
    with connection.cursor() as cursor:
        for table in tables or ANALYZED:
            cursor.execute(f"ANALYZE catalog_{table}")
        # What a trigram index has put off would have to be read through by each search.
        for index in SEARCH_INDEXES:
            cursor.execute("SELECT gin_clean_pending_list(to_regclass(%s))", [index])
