"""The Movies Dataset (Kaggle): MovieLens ratings and links, and metadata collected from TMDB."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from catalog.services.credits import KeptCredit
from catalog.tmdb.records import KeywordRecord

from .cells import imdb_id
from .credit_rows import credit_lines, keywords_of_films
from .files import DataFile, SourceFiles
from .metadata_rows import COLUMNS, IMDB_ID, film_of, whole_rows
from .movielens import LinkIds, read_links, read_titles, untitled
from .rating_blocks import read_ratings
from .records import DatasetError, Film, RatingBlock
from .report import Report
from .tables import header, place_of, read_rows

# MovieLens's words for what TMDB, whose genres this dataset has, calls otherwise.
TMDB_GENRES = {"Sci-Fi": "Science Fiction", "Children": "Family", "Musical": "Music", "IMAX": ""}


NEEDED = ("id", "imdb_id", "title")


@dataclass(frozen=True)
class MoviesDataset:
    """``titles_file`` is a MovieLens movies.csv: it names films that the metadata lack.

    ``credits_file`` and ``keywords_file`` are the same dataset's, where they lie beside the others.
    """

    slug: str
    ratings_file: DataFile
    links_files: list[DataFile]
    metadata_file: DataFile
    titles_file: DataFile | None
    scale: int = 5
    credits_file: DataFile | None = None
    keywords_file: DataFile | None = None
    item_key: str = field(default="movielens_id", init=False)

    def ratings(self, report: Report) -> Iterator[RatingBlock]:
        yield from read_ratings(self.ratings_file, report, scale=self.scale)

    def films(self, rated: set[int], report: Report) -> Iterator[Film]:
        join = _Join(read_links(self.links_files, report), self._imdb_ids(), self.titles_file)
        seen: set[int] = set()
        for line, row in whole_rows(self._metadata(report), self.metadata_file.name, report):
            film = film_of(row, report)
            if film is None:
                reason = f"the id {row[COLUMNS.index('id')]!r} is no number"
                report.reject("movies", self.metadata_file.name, line, reason)
            elif film.tmdb_id in seen:
                report.remarks["repeated ids in the metadata, first row taken"] += 1
            else:
                seen.add(film.tmdb_id or 0)
                yield from join.films_of(film, report)
        yield from join.others(rated, report)

    def credits(self, report: Report) -> Iterator[tuple[int, KeptCredit]] | None:
        return credit_lines(self.credits_file, report) if self.credits_file else None

    def keywords(self, report: Report) -> Iterator[tuple[int, KeywordRecord]] | None:
        return keywords_of_films(self.keywords_file, report) if self.keywords_file else None

    def _imdb_ids(self) -> set[str]:
        """IMDb ids that have a metadata row: links with one of them never fall back to TMDB's."""
        rows = self._metadata(Report())
        cells = (row[IMDB_ID] for _, row in rows if len(row) > IMDB_ID)
        return {found for cell in cells if (found := imdb_id(cell))}

    def _metadata(self, report: Report) -> Iterator[tuple[int, list[str]]]:
        """Rows in the order of COLUMNS, whichever order and subset of them the file has."""
        rows = read_rows(self.metadata_file, report, kind="movies")
        columns = header(self.metadata_file, rows)
        places = [place_of(name, columns, self.metadata_file) for name in COLUMNS]
        for name, place in zip(COLUMNS, places, strict=True):
            if place is None and name in NEEDED:
                shown = ", ".join(columns)
                raise DatasetError(
                    f"{self.metadata_file.name} has no column {name!r}; its columns are {shown}."
                )
        for line, row in rows:
            report.count("movies").read += 1
            if columns != COLUMNS:
                row = [row[i] if i is not None and i < len(row) else "" for i in places]
            yield line, row


class _Join:
    """Metadata and links, joined on the IMDb id as the article does, else on the TMDB id."""

    def __init__(
        self, links: dict[int, LinkIds], imdb_ids: set[str], titles_file: DataFile | None
    ) -> None:
        self._links = links
        self._titles_file = titles_file
        self._by_imdb: defaultdict[str, list[int]] = defaultdict(list)
        self._by_tmdb: defaultdict[int, list[int]] = defaultdict(list)
        self._joined: set[int] = set()
        for movielens_id, (imdb, tmdb) in links.items():
            if imdb in imdb_ids:
                self._by_imdb[imdb or ""].append(movielens_id)
            elif tmdb:
                self._by_tmdb[tmdb].append(movielens_id)

    def films_of(self, film: Film, report: Report) -> Iterator[Film]:
        """The film of a metadata row once for each of its links, or once without one."""
        if film.imdb_id is None:
            report.remarks["metadata rows without an IMDb id, joined on the TMDB id alone"] += 1
        by_imdb = self._by_imdb.get(film.imdb_id or "", [])
        by_tmdb = self._by_tmdb.get(film.tmdb_id or 0, [])
        linking = [number for number in (*by_imdb, *by_tmdb) if number not in self._joined]
        self._joined.update(linking)
        films = [film, *(replace(film) for _ in linking[1:])]
        for linked, movielens_id in zip(films, linking, strict=False):
            imdb, tmdb = self._links[movielens_id]
            linked.movielens_id = movielens_id
            linked.imdb_id = imdb or linked.imdb_id
            linked.tmdb_id = tmdb or linked.tmdb_id
            yield self._completed(linked)
        report.remarks["links joined on the TMDB id"] += len(by_tmdb)
        if not by_imdb and not by_tmdb:
            report.remarks["metadata rows without a link"] += 1
            yield film

    def others(self, rated: set[int], report: Report) -> Iterator[Film]:
        """Rated films without metadata, and linked ones of which MovieLens knows the title."""
        for movielens_id in sorted({*self._links, *rated} - self._joined):
            ids = self._links.get(movielens_id, (None, None))
            known = self._titles.get(movielens_id)
            if movielens_id in rated:
                report.remarks["rated movies without metadata"] += 1
            if known:
                report.remarks["movies without metadata, titled from MovieLens"] += 1
                yield replace(known, genres=_as_tmdb(known.genres), imdb_id=ids[0], tmdb_id=ids[1])
            elif movielens_id in rated:
                report.remarks["rated movies without a title"] += 1
                yield untitled(movielens_id, ids)
            else:
                report.remarks["links without metadata, title or rating, left out"] += 1

    def _completed(self, film: Film) -> Film:
        """With MovieLens's genres and year where the metadata have none."""
        known = self._titles.get(film.movielens_id or 0)
        if known is None or (film.genres and film.year):
            return film
        genres = film.genres or _as_tmdb(known.genres)
        return replace(film, genres=genres, year=film.year or known.year)

    @cached_property
    def _titles(self) -> dict[int, Film]:
        if self._titles_file is None:
            return {}
        films = read_titles(self._titles_file, self._links, Report(), kind="titles")
        return {film.movielens_id: film for film in films if film.movielens_id is not None}


def _as_tmdb(genres: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (TMDB_GENRES.get(name, name) for name in genres))))


def layout(slug: str, files: SourceFiles, *, small: bool = False) -> MoviesDataset | None:
    """``small`` takes ratings_small.csv even where ratings.csv is there."""
    metadata = files.find("movies_metadata.csv")
    names = ("ratings_small.csv",) if small else ("ratings.csv", "ratings_small.csv")
    ratings = files.find(*names)
    if metadata is None or ratings is None:
        return None
    # ratings_small.csv knows ten movies that links.csv lacks, so both are read.
    links = [file for name in ("links.csv", "links_small.csv") if (file := files.find(name))]
    if not links:
        raise DatasetError(f"{files.path} has neither links.csv nor links_small.csv.")
    titles = files.find("movies.csv") or _beside(files)
    return MoviesDataset(
        slug,
        ratings,
        links,
        metadata,
        titles,
        credits_file=files.find("credits.csv"),
        keywords_file=files.find("keywords.csv"),
    )


def _beside(files: SourceFiles) -> DataFile | None:
    """movies.csv of a MovieLens folder next to this one: the movie ids are the same."""
    for folder in sorted(Path(files.path).resolve().parent.glob("ml-*")):
        if folder.is_dir() and (file := SourceFiles(folder).find("movies.csv")):
            return file
    return None
