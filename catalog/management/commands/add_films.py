"""Add films from TMDB: ``manage.py add_films ID|tt…|FILE …``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.add_film import add_film
from catalog.tmdb.client import Tmdb
from catalog.tmdb.errors import (
    KeyRefusedError,
    NotThereError,
    TmdbOffError,
    UnavailableError,
    UnreadableError,
)
from catalog.tmdb.ids import FilmIds, ids_in

LARGEST_FILE = 10_000_000


class Named(NamedTuple):
    """A film as it was named, and where: ``films.txt, line 3``, or nothing for an argument."""

    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.text} ({self.place})" if self.place else self.text


class Command(BaseCommand):
    help = (
        "Add films with everything TMDB knows of them. One that is here already stays as it is; "
        "exit status 1 when some film could not be added."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "films",
            nargs="+",
            metavar="ID|tt…|FILE",
            help="a number of TMDB, an id of IMDb, an address of either, or a file with one a line",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tmdb = Tmdb()
        except TmdbOffError as error:
            raise CommandError(str(error)) from error
        failed = 0
        named = [film for text in options["films"] for film in _named(text)]
        for film in named:
            ids = ids_in(film.text)
            if ids is None:
                failed += 1
                self.stderr.write(f"{film}: neither an id of TMDB or IMDb nor an address of theirs")
            elif not self._add(film, ids, tmdb):
                failed += 1
        self.stdout.write(f"{len(named) - failed:,} of {len(named):,} films are here now.")
        if failed or not named:
            raise CommandError(f"{failed:,} films could not be added." if failed else "No film.")

    def _add(self, film: Named, ids: FilmIds, tmdb: Tmdb) -> bool:
        """Raises CommandError where no other film could be added either."""
        try:
            added = add_film(tmdb_id=ids.tmdb_id, imdb_id=ids.imdb_id, tmdb=tmdb)
        except (NotThereError, UnreadableError) as error:
            self.stderr.write(f"{film}: {error}")
            return False
        except (KeyRefusedError, UnavailableError) as error:
            raise CommandError(f"{film}: {error}") from error
        self.stdout.write(f"{film}: {added.movie}{'' if added.created else ', here already'}")
        return True


def _named(text: str) -> Iterator[Named]:
    """The films of an argument: itself, or the lines of the file of that name."""
    if ids_in(text) is not None:
        yield Named(text.strip(), "")
        return
    path = Path(text)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError(f"{text} is too large for a list of films.")
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CommandError(f"{text} is no id of TMDB or IMDb, and no file.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{text} is no text in UTF-8.") from error
    except OSError as error:
        raise CommandError(f"{text} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(content.splitlines(), 1):
        if (line := line.strip()) and not line.startswith("#"):
            yield Named(line[:200], f"{path.name}, line {number}")
