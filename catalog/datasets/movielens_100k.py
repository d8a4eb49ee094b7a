"""MovieLens 100K, whose movie ids are its own: GroupLens's files and RecBole's copy of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .cells import whole_number
from .files import DataFile, SourceFiles
from .movielens import titled
from .rating_blocks import read_ratings
from .records import Film, Knowledge, RatingBlock
from .report import Report
from .tables import Dialect, read_table

# In the order of u.item's columns.
GENRES = (
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
)

TAB = Dialect(delimiter="\t", quoted=False)
U_DATA = Dialect(delimiter="\t", quoted=False, columns=("user", "item", "rating", "timestamp"))
U_ITEM = Dialect(
    delimiter="|",
    quoted=False,
    encoding="latin-1",
    columns=("item", "title", "release", "video release", "address", *GENRES),
)


@dataclass(frozen=True)
class MovieLens100K:
    """``recbole`` tells RecBole's atomic files, with typed headers, from u.data and u.item."""

    slug: str
    ratings_file: DataFile
    items_file: DataFile
    recbole: bool
    scale: int = 5
    item_key: str = field(default="ml_100k_id", init=False)

    def ratings(self, report: Report) -> Iterator[RatingBlock]:
        if self.recbole:
            wanted, dialect = ("user_id", "item_id", "rating", "timestamp"), TAB
        else:
            wanted, dialect = ("user", "item", "rating", "timestamp"), U_DATA
        yield from read_ratings(
            self.ratings_file, report, scale=self.scale, dialect=dialect, columns=wanted
        )

    def films(self, rated: set[int], report: Report) -> Iterator[Film]:
        unseen, seen = set(rated), set[int]()
        for line, item, text, genres in self._titles(report):
            ml_100k_id = whole_number(item)
            if ml_100k_id is None or ml_100k_id in seen:
                not_whole = f"the movie {item!r} is not a whole number"
                reason = not_whole if ml_100k_id is None else f"movie {item} was there already"
                report.reject("movies", self.items_file.name, line, reason)
                continue
            seen.add(ml_100k_id)
            unseen.discard(ml_100k_id)
            film = titled(text, genres, None, None, None)
            film.ml_100k_id = ml_100k_id
            yield film
        for item_id in sorted(unseen):
            report.remarks["rated movies without a title"] += 1
            yield Film(
                knowledge=Knowledge.PLACEHOLDER,
                title=f"Untitled film (MovieLens 100K {item_id})",
                ml_100k_id=item_id,
            )

    def _titles(self, report: Report) -> Iterator[tuple[int, str, str, list[str]]]:
        """Line, id, title with its year in parentheses, and genres."""
        if self.recbole:
            columns = ("item_id", "movie_title", "release_year", "class")
            rows = read_table(self.items_file, columns, report, kind="movies", dialect=TAB)
            for line, (item, title, year, names) in rows:
                yield line, item, f"{title} ({year})" if year.isdecimal() else title, names.split()
        else:
            flagged = ("item", "title", *GENRES)
            rows = read_table(self.items_file, flagged, report, kind="movies", dialect=U_ITEM)
            for line, (item, title, *flags) in rows:
                genres = [name for name, flag in zip(GENRES, flags, strict=True) if flag == "1"]
                yield line, item, title, genres


def grouplens_layout(slug: str, files: SourceFiles) -> MovieLens100K | None:
    data, items = files.find("u.data"), files.find("u.item")
    return MovieLens100K(slug, data, items, recbole=False) if data and items else None


def recbole_layout(slug: str, files: SourceFiles) -> MovieLens100K | None:
    data, items = files.find("ml-100k.inter"), files.find("ml-100k.item")
    return MovieLens100K(slug, data, items, recbole=True) if data and items else None
