"""Ratings in one table, and the same in partitions by a hash of the member, side by side.

python -m tests.benchmarks.bench_partitions [--millions 5] [--partitions 16] [--to FILE]

Both have the columns, indexes and triggers of the site's, without its foreign keys. What the site
asks of ratings is asked of each by turns: milliseconds of the median, seconds of what is done once.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
import psycopg2

from .bench_scale import machine
from .fresh_site import fresh_site, manage

FILMS = 45_000
RATINGS_OF_ONE = 96
TURNS = 300
BATCH = 100_000
LARGE_MEMBER = 5_000

COLUMNS = """
id bigint NOT NULL DEFAULT nextval('catalog_rating_id_seq'), half_stars smallint NOT NULL
    CHECK (half_stars BETWEEN 1 AND 10),
rated_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
movie_id bigint NOT NULL, user_id bigint NOT NULL
"""
INDEXES = """
ALTER TABLE {t} ADD UNIQUE (user_id, movie_id);
CREATE INDEX ON {t} (user_id, rated_at, id);
CREATE INDEX ON {t} (movie_id);
CREATE INDEX ON {t} (updated_at);
CREATE TRIGGER {t}_added AFTER INSERT ON {t} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_add_ratings();
CREATE TRIGGER {t}_removed AFTER DELETE ON {t} REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_remove_ratings();
CREATE TRIGGER {t}_changed AFTER UPDATE ON {t} REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_change_ratings();
"""
PEOPLE = """
INSERT INTO accounts_user SELECT (jsonb_populate_record(u, jsonb_build_object('id', 1000 + n,
    'username', 'somebody' || n, 'email', 'somebody' || n || '@films.example'))).*
FROM accounts_user u, generate_series(1, %s) n WHERE u.id = 1000;
INSERT INTO catalog_movie SELECT (jsonb_populate_record(m, jsonb_build_object('id', 1000 + n,
    'title', 'Made-up film ' || n))).*
FROM catalog_movie m, generate_series(1, %s) n WHERE m.id = 1000
"""
ASKED = {
    "a member's history": (
        "SELECT movie_id, half_stars, rated_at FROM {t} WHERE user_id = %(user)s"
        " ORDER BY rated_at, id"
    ),
    "a rating": (
        "INSERT INTO {t} (half_stars, rated_at, updated_at, movie_id, user_id)"
        " VALUES (8, now(), now(), %(film)s, %(user)s) ON CONFLICT (user_id, movie_id)"
        " DO UPDATE SET half_stars = 1 + excluded.half_stars %% 10, updated_at = now()"
    ),
    "a film's stars": (
        "SELECT half_stars, count(*) FROM {t} WHERE movie_id = %(film)s GROUP BY half_stars"
    ),
    "what is new": (
        "SELECT count(*) FROM (SELECT FROM {t} WHERE updated_at > now() - interval '1 hour'"
        " ORDER BY updated_at LIMIT 5000) newest"
    ),
    "one by its key": "SELECT * FROM {t} WHERE id = %(key)s",
}

BATCH_TABLE = "CREATE TEMP TABLE batch (u bigint, m bigint, h smallint, s bigint) ON COMMIT DROP"
IMPORT = """
INSERT INTO {t} (user_id, movie_id, half_stars, rated_at, updated_at)
SELECT u, m, h, to_timestamp(s), now() - interval '1 day' FROM batch
ON CONFLICT (user_id, movie_id) DO NOTHING
"""
OF_ONE_MEMBER = """
INSERT INTO {t} (user_id, movie_id, half_stars, rated_at, updated_at)
SELECT 1000, 1000 + n, 5, now(), now() - interval '1 day' FROM generate_series(1, %s) n
"""
SNAPSHOT = """
COPY (SELECT user_id, movie_id, half_stars, rated_at FROM {t}) TO STDOUT (FORMAT binary)
"""
SIZES = """
SELECT sum(pg_table_size(part)), sum(pg_indexes_size(part)) FROM (
    SELECT relid FROM pg_partition_tree(%s) WHERE isleaf UNION SELECT %s::regclass) parts (part)
"""
REMOVE_MEMBER = "DELETE FROM {t} WHERE user_id = 1000"


def rows(first: int, last: int) -> io.StringIO:
    """Ratings by number, in the order of members, as an import brings them."""
    lines = []
    for number in range(first, last):
        person = number // RATINGS_OF_ONE
        film = (number % RATINGS_OF_ONE * 467 + person * 7919) % FILMS
        seconds = 10**9 + number % 10**8
        lines.append(f"{1001 + person}\t{1001 + film}\t{1 + number % 10}\t{seconds}\n")
    return io.StringIO("".join(lines))


class Table:
    """One of the two, by its name."""

    def __init__(self, name: str, connected: Any, partitions: int) -> None:
        self.name, self.connected = name, connected
        self.found: dict[str, float] = {}
        with connected.cursor() as cursor:
            if partitions:
                cursor.execute(
                    f"CREATE TABLE {name} ({COLUMNS}, PRIMARY KEY (id, user_id))"
                    " PARTITION BY HASH (user_id)"
                )
                for place in range(partitions):
                    cursor.execute(
                        f"CREATE TABLE {name}_{place} PARTITION OF {name}"
                        f" FOR VALUES WITH (MODULUS {partitions}, REMAINDER {place})"
                    )
            else:
                cursor.execute(f"CREATE TABLE {name} ({COLUMNS}, PRIMARY KEY (id))")
            cursor.execute(INDEXES.format(t=name))

    def timed(self, name: str, action: Callable[[Any], object]) -> None:
        with self.connected.cursor() as cursor:
            began = time.perf_counter()
            action(cursor)
            self.found[name] = self.found.get(name, 0.0) + time.perf_counter() - began

    def load(self, first: int, last: int) -> None:
        """A batch of an import: into a table of its own, and from there, as the site does."""
        text = rows(first, last)
        self.timed("import, s", lambda cursor: self._load(cursor, text))

    def _load(self, cursor: Any, text: io.StringIO) -> None:
        cursor.execute(BATCH_TABLE)
        cursor.copy_expert("COPY batch FROM STDIN", text)
        cursor.execute(IMPORT.format(t=self.name))
        self.connected.commit()

    def ask(self, name: str, turns: list[dict[str, int]]) -> None:
        waits = []
        with self.connected.cursor() as cursor:
            for known in turns:
                began = time.perf_counter()
                cursor.execute(ASKED[name].format(t=self.name), known)
                cursor.fetchall() if cursor.description else None
                self.connected.commit()
                waits.append(1000 * (time.perf_counter() - began))
        self.found[f"{name}, ms"] = statistics.median(waits)

    def snapshot(self, cursor: Any) -> None:
        cursor.copy_expert(SNAPSHOT.format(t=self.name), Sink())
        self.connected.commit()

    def vacuum(self, cursor: Any) -> None:
        cursor.execute(f"VACUUM ANALYZE {self.name}")

    def remove_member(self, cursor: Any) -> None:
        cursor.execute(REMOVE_MEMBER.format(t=self.name))
        self.connected.commit()

    def sizes(self) -> None:
        with self.connected.cursor() as cursor:
            cursor.execute(SIZES, [self.name, self.name])
            table, indexes = cursor.fetchone()
        self.found |= {"table, MB": float(table) / 1e6, "indexes, MB": float(indexes) / 1e6}


class Sink(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def measure(millions: float, partitions: int) -> dict[str, Any]:
    count = round(millions * 1e6)
    people = count // RATINGS_OF_ONE + 1
    with fresh_site() as environment:
        parts = environ.Env.db_url_config(environment["DATABASE_URL"])
        connected = psycopg2.connect(host=parts["HOST"], user=parts["USER"], dbname=parts["NAME"])
        fill_people(connected, environment, people)
        tables = [Table("plain", connected, 0), Table("parted", connected, partitions)]
        connected.commit()
        for first in range(0, count, BATCH):
            for table in tables:
                table.load(first, min(first + BATCH, count))
        for table in tables:
            large_member(table)
            connected.autocommit = True
            table.timed("vacuum, s", table.vacuum)
            connected.autocommit = False
        chance = random.Random(5)
        turns = [
            {
                "user": 1001 + chance.randrange(people - 1),
                "film": 1001 + chance.randrange(FILMS),
                "key": 1 + chance.randrange(count),
            }
            for _ in range(TURNS)
        ]
        for name in ASKED:
            for table in (*tables, *reversed(tables)):  # the second time, both are warm
                table.ask(name, turns)
        for table in tables:
            table.timed("snapshot, s", table.snapshot)
            table.timed("deletion of 5,000, s", table.remove_member)
            table.sizes()
        connected.close()
        names = tables[0].found
        return {
            "machine": machine(),
            "ratings": count,
            "partitions": partitions,
            "plain and parted": {
                name: [round(table.found[name], 3) for table in tables] for name in names
            },
        }


def fill_people(connected: Any, environment: dict[str, str], people: int) -> None:
    code = (
        "from catalog.models import Movie; from django.contrib.auth import get_user_model as u;"
        "u().objects.create(pk=1000, username='first', imported=True, is_active=False);"
        "Movie.objects.create(pk=1000, title='First')"
    )
    manage(environment, "shell", "-c", code)
    with connected.cursor() as cursor:
        cursor.execute(PEOPLE, [people, FILMS])
    connected.commit()


def large_member(table: Table) -> None:
    with table.connected.cursor() as cursor:
        cursor.execute(OF_ONE_MEMBER.format(t=table.name), [LARGE_MEMBER])
    table.connected.commit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, default=5.0)
    parser.add_argument("--partitions", type=int, default=16)
    parser.add_argument("--to", type=Path, help="write the JSON there, too")
    options = parser.parse_args()
    text = json.dumps(measure(options.millions, options.partitions), indent=2)
    print(text)
    if options.to:
        options.to.write_text(text + "\n")


if __name__ == "__main__":
    main()
