"""Datasets as people have them, in each of the forms that they come in."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

RATINGS = (
    "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,2,3.5,964982224\n2,1,5.0,964983815\n"
)
MOVIES = (
    "movieId,title,genres\n1,Toy Story (1995),Adventure|Animation|Children|Comedy|Fantasy\n"
    '2,Jumanji (1995),Adventure|Children|Fantasy\n3,"American President, The (1995)",Comedy\n'
)
LINKS = "movieId,imdbId,tmdbId\n1,0114709,862\n2,0113497,8844\n3,0112346,9087\n"
TEXT_TIMES = (
    "userId,movieId,rating,timestamp\n"
    '1,1,3.5,"2005-04-02 23:53:47"\n1,2,3.5,"2005-04-02 23:31:16"\n2,1,5,"2000-11-21 15:29:58"\n'
)
METADATA = "adult,id,imdb_id,title\nFalse,862,tt0114709,Toy Story\n"


def write(folder: Path, **files: str | bytes) -> Path:
    """Files by their name without ``.csv``; the three of MovieLens where nothing else is said."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ({"ratings": RATINGS, "movies": MOVIES, "links": LINKS} | files).items():
        if content != "":
            data = content.encode() if isinstance(content, str) else content
            (folder / (name if "." in name else f"{name}.csv")).write_bytes(data)
    return folder


def zipped(*members: tuple[str, str | bytes]) -> bytes:
    """A zip whose members have just these names, backslashes included."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            member = zipfile.ZipInfo()
            member.filename = name
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return kept.getvalue()


def archive(before: str = "") -> bytes:
    pairs = (("ratings.csv", RATINGS), ("movies.csv", MOVIES), ("links.csv", LINKS))
    return zipped(*((before + name, content) for name, content in pairs))


def kaggle(folder: Path) -> Path:
    return write(
        folder,
        ratings="",
        movies="",
        links="",
        rating=TEXT_TIMES,
        movie=MOVIES,
        link=LINKS,
        tag="userId,movieId,tag,timestamp\n1,1,fun,1445714994\n",
    )


def mac(folder: Path) -> Path:
    write(folder / "ml-latest-small")
    (folder / "__MACOSX" / "ml-latest-small").mkdir(parents=True)
    (folder / "__MACOSX" / "ml-latest-small" / "._ratings.csv").write_bytes(b"\x00\x05\x16\x07")
    return folder


def two_folders(folder: Path) -> Path:
    write(folder / "ml-latest-small")
    (folder / "notes").mkdir()
    (folder / "notes" / "x.txt").write_text("x")
    return folder


def other_case(folder: Path) -> Path:
    return write(
        folder,
        ratings=RATINGS.replace("userId,movieId", "userid,movieid"),
        movies=MOVIES.replace("movieId,title,genres", "MovieID,Title,Genres"),
        links=LINKS.replace("movieId,imdbId,tmdbId", "MOVIE_ID,IMDB ID,Tmdb_id"),
    )


def in_capitals(folder: Path) -> Path:
    write(folder, ratings="", movies="", links="")
    for name, content in (("Ratings.CSV", RATINGS), ("MOVIES.csv", MOVIES), ("Links.csv", LINKS)):
        (folder / name).write_text(content)
    return folder


def in_one_file(content: Callable[[], bytes]) -> Callable[[Path], Path]:
    def write_it(folder: Path) -> Path:
        folder.mkdir(parents=True)
        path = folder / "ml-latest-small.zip"
        path.write_bytes(content())
        return path

    return write_it


def zip_in_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("x")
    (folder / "ml-latest-small.zip").write_bytes(archive("ml-latest-small/"))
    return folder


def folder_for_each_file(folder: Path) -> Path:
    for name, content in (("ratings", RATINGS), ("movies", MOVIES), ("links", LINKS)):
        (folder / f"{name}.csv").mkdir(parents=True)
        (folder / f"{name}.csv" / f"{name}.csv").write_text(content)
    return folder


def in_encoding(encoding: str) -> Callable[[Path], Path]:
    """All three files; with the byte order mark where the encoding has one."""
    return lambda folder: write(
        folder,
        ratings=RATINGS.encode(encoding),
        movies=MOVIES.encode(encoding),
        links=LINKS.encode(encoding),
    )


def with_delimiter(delimiter: str) -> Callable[[Path], Path]:
    movies = MOVIES.replace("movieId,title,genres", delimiter.join(("movieId", "title", "genres")))
    movies = movies.replace("1,Toy Story (1995),", delimiter.join(("1", "Toy Story (1995)", "")))
    movies = movies.replace("2,Jumanji (1995),", delimiter.join(("2", "Jumanji (1995)", "")))
    movies = movies.replace('3,"Am', f'3{delimiter}"Am').replace(
        ",Comedy\n", f'{delimiter}"Comedy"\n'
    )
    quoted = {"Adventure|Animation|Children|Comedy|Fantasy", "Adventure|Children|Fantasy"}
    for genres in quoted if delimiter == "|" else ():
        movies = movies.replace(f"{delimiter}{genres}\n", f'{delimiter}"{genres}"\n')
    return lambda folder: write(
        folder,
        ratings=RATINGS.replace(",", delimiter),
        movies=movies,
        links=LINKS.replace(",", delimiter),
    )


def changed_ratings(old: str, new: str) -> Callable[[Path], Path]:
    return lambda folder: write(folder, ratings=RATINGS.replace(old, new))


def packed_twice() -> bytes:
    return gzip.compress(zipped(("ratings.csv", RATINGS)))


SECONDS = {(1, 1): 964982703, (1, 2): 964982224, (2, 1): 964983815}
DATED = {(1, 1): 1112486027, (1, 2): 1112484676, (2, 1): 974820598}
NO_TIMES = dict.fromkeys(SECONDS, 0)

# What is read to the same three ratings and three films: its name, its maker, the times.
READ: dict[str, tuple[Callable[[Path], Path], dict[tuple[int, int], int]]] = {
    "kaggle": (kaggle, DATED),
    "kaggle-renamed": (lambda folder: write(folder, ratings=TEXT_TIMES), DATED),
    "times-with-zones": (
        changed_ratings("964982703", "2000-07-30T20:45:03+02:00"),
        SECONDS,
    ),
    "times-with-slashes": (changed_ratings("964982703", "2000/07/30 18:45:03"), SECONDS),
    "csv-is-a-zip": (
        lambda folder: write(folder, ratings=zipped(("ratings.csv", RATINGS))),
        SECONDS,
    ),
    "csv-is-gzip": (lambda folder: write(folder, ratings=gzip.compress(RATINGS.encode())), SECONDS),
    "csv-is-packed-twice": (lambda folder: write(folder, ratings=packed_twice()), SECONDS),
    "mac-unpacked": (mac, SECONDS),
    "two-folders": (two_folders, SECONDS),
    "zip-in-folder": (zip_in_folder, SECONDS),
    "folder-for-each-file": (folder_for_each_file, SECONDS),
    "other-case": (other_case, SECONDS),
    "in-capitals": (in_capitals, SECONDS),
    "windows-zip": (in_one_file(lambda: archive("ml-latest-small\\")), SECONDS),
    "zip-in-zip": (
        in_one_file(lambda: zipped(("data/ml.zip", archive("ml/")), ("data/read.me", "x"))),
        SECONDS,
    ),
    "milliseconds": (
        lambda folder: write(
            folder,
            ratings=RATINGS.replace("703\n", "703123\n")
            .replace("224\n", "224000\n")
            .replace("815\n", "815999\n"),
        ),
        SECONDS,
    ),
    "float-ids": (
        lambda folder: write(
            folder,
            ratings=RATINGS.replace("1,1,", "1.0,1.0,").replace("703", "703.0"),
            links=LINKS.replace("0114709,862", "114709.0,862.0").replace("0112346", "112346.0"),
        ),
        SECONDS,
    ),
    "imdb-addresses": (
        lambda folder: write(folder, links=LINKS.replace("0114709", "tt0114709")),
        SECONDS,
    ),
    "no-times": (
        lambda folder: write(folder, ratings="userId,movieId,rating\n1,1,4.0\n1,2,3.5\n2,1,5.0\n"),
        NO_TIMES,
    ),
    "decimal-comma": (
        lambda folder: write(folder, ratings=RATINGS.replace(",", ";").replace(".", ",")),
        SECONDS,
    ),
    "told-separator": (
        lambda folder: write(folder, ratings="sep=;\n" + RATINGS.replace(",", ";")),
        SECONDS,
    ),
    "trailing-commas": (
        lambda folder: write(folder, ratings=RATINGS.replace("703\n", "703,,\n")),
        SECONDS,
    ),
    "mac-line-ends": (lambda folder: write(folder, ratings=RATINGS.replace("\n", "\r")), SECONDS),
    "no-genres": (
        lambda folder: write(
            folder, movies="movieId,title\n1,Toy Story (1995)\n2,Jumanji (1995)\n3,X\n"
        ),
        SECONDS,
    ),
    **{
        f"delimiter-{name}": (with_delimiter(sign), SECONDS)
        for name, sign in (("semicolon", ";"), ("tab", "\t"), ("bar", "|"))
    },
    **{
        encoding: (in_encoding(encoding), SECONDS)
        for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
    },
}

# What is refused, and a part of the sentence that says why.
BLANKS = (b" " * 999_999 + b"\n") * 70  # one of 70 million lines says the same, much later
REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "text-ids": (
        lambda folder: write(
            folder,
            ratings="userId,movieId,rating,timestamp\nu-7af3,1,4.0,964982703\na@b.org,2,3,964982\n",
        ),
        "ratings.csv, line 2: the user 'u-7af3' is not a whole number",
    ),
    "ten-scale": (
        lambda folder: write(folder, ratings=RATINGS.replace("4.0", "8").replace("3.5", "10")),
        "a scale to 10? Then say so, by --scale 10",
    ),
    "hundred-scale": (changed_ratings("4.0", "80"), "--scale 100"),
    "empty-ratings": (lambda folder: write(folder, ratings=b"\n"), "ratings.csv is empty"),
    "header-only-ratings": (
        lambda folder: write(folder, ratings=RATINGS.splitlines()[0]),
        "not one row of ratings",
    ),
    "header-only-movies": (
        lambda folder: write(folder, movies=MOVIES.splitlines()[0]),
        "not one row of movies",
    ),
    "no-header": (
        lambda folder: write(folder, ratings=RATINGS.split("\n", 1)[1]),
        "ratings.csv has no column 'userId'; its columns are 1, 1, 4.0, 964982703",
    ),
    **{
        f"no-{column}": (changed, f"{file}.csv has no column '{column}'")
        for file, column, changed in (
            ("ratings", "userId", changed_ratings("userId", "x")),
            ("ratings", "movieId", changed_ratings("movieId", "x")),
            ("ratings", "rating", changed_ratings("rating", "stars")),
            ("movies", "title", lambda folder: write(folder, movies=MOVIES.replace("title", "x"))),
            ("links", "movieId", lambda folder: write(folder, links=LINKS.replace("movieId", "x"))),
        )
    },
    "rounded-ids": (
        lambda folder: write(
            folder, links=LINKS.replace("0114709", "1.1E+05").replace("0113497", "1E5")
        ),
        "rows of links cannot be read: links.csv, line 2: the IMDb id '1.1E+05' is none",
    ),
    "same-column-twice": (
        changed_ratings("userId,movieId", "user_id,USER ID"),
        "ratings.csv has several columns 'userId'",
    ),
    "future": (
        lambda folder: write(folder, ratings=RATINGS.replace(",9649", ",40000")),
        "lies in the future",
    ),
    "days-as-numbers": (
        lambda folder: write(folder, ratings="userId,movieId,rating,timestamp\n1,1,4,20050402\n"),
        "the timestamp '20050402' may be a day or a number of seconds",
    ),
    "spreadsheet": (
        lambda folder: write(folder, ratings=zipped(("[Content_Types].xml", "x"), ("a.xml", "y"))),
        "ratings.csv is a spreadsheet",
    ),
    "several-in-a-zip": (
        lambda folder: write(folder, ratings=zipped(("a.csv", "x"), ("b.csv", "y"))),
        "ratings.csv is a zip that holds a.csv, b.csv, where one table was expected",
    ),
    "empty-zip": (lambda folder: write(folder, ratings=zipped()), "holds no file"),
    "tar": (
        lambda folder: write(folder, ratings=gzip.compress(bytes(257) + b"ustar" + bytes(250))),
        "ratings.csv is a tar archive",
    ),
    "parquet": (lambda folder: write(folder, ratings=b"PAR1abc"), "is a Parquet file"),
    "no-links": (
        lambda folder: write(folder, links="", movies="", movies_metadata=METADATA),
        "neither links.csv nor links_small.csv",
    ),
    "several-datasets": (
        lambda folder: (write(folder / "a"), write(folder / "b"))[0].parent,
        "holds several datasets: a, b. Name one of them",
    ),
    "a-long-line": (
        lambda folder: write(folder, ratings=RATINGS + "1" * 5_000_000),
        "has a line of more than 4 MB",
    ),
    "a-bomb": (
        lambda folder: write(folder, ratings=zipped(("ratings.csv", RATINGS + BLANKS.decode()))),
        "unpacks to more than 67 MB",
    ),
    "a-gzip-bomb": (
        lambda folder: write(folder, ratings=gzip.compress(BLANKS)),
        "unpacks to more than 67 MB",
    ),
}
