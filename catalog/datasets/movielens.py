"""MovieLens: latest, latest-small, 20M, 25M, 32M (CSV), 1M and 10M (``::``), 100K."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .cells import imdb_id, whole_number
from .files import DataFile, SourceFiles
from .rating_blocks import read_ratings
from .records import Film, Knowledge, RatingBlock
from .report import Report
from .tables import CSV, Dialect, read_table
from .titles import parse_title

LINKS = ("movieId", "imdbId", "tmdbId")
NO_GENRES = {"", "(no genres listed)", "unknown"}
NO_ID = {"", "tt", "nan", "null", "none", "na", "n/a", "\\n"}

LinkIds = tuple[str | None, int | None]


@dataclass(frozen=True)
class MovieLens:
    """The layouts with MovieLens's own movie ids: titles with genres, ratings, perhaps links."""

    slug: str
    ratings_file: DataFile
    movies_file: DataFile
    links_file: DataFile | None = None
    dialect: Dialect = CSV
    ratings_columns: tuple[str, ...] | None = None
    movies_columns: tuple[str, ...] | None = None
    scale: int = 5
    item_key: str = field(default="movielens_id", init=False)

    def ratings(self, report: Report) -> Iterator[RatingBlock]:
        dialect = self._dialect(self.ratings_columns)
        yield from read_ratings(self.ratings_file, report, scale=self.scale, dialect=dialect)

    def films(self, rated: set[int], report: Report) -> Iterator[Film]:
        links = read_links([self.links_file], report) if self.links_file else {}
        unseen = set(rated)
        dialect = self._dialect(self.movies_columns)
        for film in read_titles(self.movies_file, links, report, dialect=dialect):
            unseen.discard(film.movielens_id or 0)
            yield film
        for item in sorted(unseen):
            report.remarks["rated movies without a title"] += 1
            yield untitled(item, links.get(item, (None, None)))

    def _dialect(self, columns: tuple[str, ...] | None) -> Dialect:
        return Dialect(
            delimiter=self.dialect.delimiter,
            quoted=self.dialect.quoted,
            encoding=self.dialect.encoding,
            columns=columns,
        )


def csv_layout(slug: str, files: SourceFiles) -> MovieLens | None:
    """ratings.csv, movies.csv and links.csv, as since 2015; on Kaggle without the s."""
    ratings = files.find("ratings.csv", "rating.csv")
    movies = files.find("movies.csv", "movie.csv")
    if ratings is None or movies is None:
        return None
    return MovieLens(slug, ratings, movies, files.find("links.csv", "link.csv"))


def dat_layout(slug: str, files: SourceFiles) -> MovieLens | None:
    """ratings.dat and movies.dat with ``::`` between cells; 1M is Latin-1, 10M is UTF-8."""
    ratings, movies = files.find("ratings.dat"), files.find("movies.dat")
    if ratings is None or movies is None:
        return None
    return MovieLens(
        slug,
        ratings,
        movies,
        dialect=Dialect(delimiter="::"),
        ratings_columns=("userId", "movieId", "rating", "timestamp"),
        movies_columns=("movieId", "title", "genres"),
    )


def read_links(files: list[DataFile], report: Report) -> dict[int, LinkIds]:
    """MovieLens id -> IMDb and TMDB id. Where files disagree the earlier one holds."""
    links: dict[int, LinkIds] = {}
    for file in files:
        here: set[int] = set()
        for line, cells in read_table(file, LINKS, report, kind="links", optional=LINKS[1:]):
            movielens_id = whole_number(cells[0])
            ids = imdb_id(cells[1]), whole_number(cells[2]) or None
            if movielens_id is None:
                reason = f"the movie {cells[0]!r} is not a whole number"
            elif movielens_id in here:
                reason = f"movie {cells[0]} has a link already"
            elif ids[0] is None and not _is_blank(cells[1]):
                reason = f"the IMDb id {cells[1]!r} is none"
            elif ids[1] is None and not _is_blank(cells[2]):
                reason = f"the TMDB id {cells[2]!r} is none"
            else:
                here.add(movielens_id)
                report.remarks["links without a TMDB id"] += ids[1] is None
                links.setdefault(movielens_id, ids)
                continue
            report.reject("links", file.name, line, reason)
    return links


def _is_blank(cell: str) -> bool:
    """Without an id: empty, 0, or a word of some program for it."""
    return cell.strip().strip("0.").lower() in NO_ID


def read_titles(
    file: DataFile,
    links: Mapping[int, LinkIds],
    report: Report,
    *,
    dialect: Dialect = CSV,
    kind: str = "movies",
) -> Iterator[Film]:
    """The films of a movies.csv or movies.dat, each id once."""
    seen: set[int] = set()
    wanted = ("movieId", "title", "genres")
    rows = read_table(file, wanted, report, kind=kind, dialect=dialect, optional=("genres",))
    for line, (movie, text, genres) in rows:
        movielens_id = whole_number(movie)
        if movielens_id is None:
            report.reject(kind, file.name, line, f"the movie {movie!r} is not a whole number")
        elif movielens_id in seen:
            report.reject(kind, file.name, line, f"movie {movie} was there already")
        elif not text.strip():
            report.reject(kind, file.name, line, f"movie {movie} has no title")
        else:
            seen.add(movielens_id)
            imdb, tmdb = links.get(movielens_id, (None, None))
            yield titled(text, genres.split("|"), movielens_id, imdb, tmdb)


def titled(
    text: str, genres: list[str], movielens_id: int | None, imdb: str | None, tmdb: int | None
) -> Film:
    title, original_title, year = parse_title(text.replace("\x00", ""))
    return Film(
        knowledge=Knowledge.TITLE,
        title=title[:300],
        original_title=original_title[:300],
        year=year,
        genres=genre_names(genres),
        movielens_id=movielens_id,
        imdb_id=imdb,
        tmdb_id=tmdb,
    )


def genre_names(names: list[str]) -> tuple[str, ...]:
    """Without repetitions and words for "none"; ``Children's`` is today's ``Children``."""
    stripped = (name.strip() for name in names)
    kept = (name for name in stripped if name.lower() not in NO_GENRES)
    return tuple(dict.fromkeys("Children" if name == "Children's" else name for name in kept))


def untitled(movielens_id: int, ids: LinkIds) -> Film:
    """A film that was rated and of which nothing else is known."""
    imdb, tmdb = ids
    return Film(
        knowledge=Knowledge.PLACEHOLDER,
        title=f"Untitled film {imdb}" if imdb else f"Untitled film (MovieLens {movielens_id})",
        movielens_id=movielens_id,
        imdb_id=imdb,
        tmdb_id=tmdb,
    )
