"""How long anybody waits while a site of version 0.1 with many ratings is migrated.

python -m tests.benchmarks.bench_upgrade [--millions 1] [--members 20000] [--to FILE]

Made-up films, members and ratings are put into the old database. While it is migrated, one
connection reads a member's ratings and the film and the account beside them, another changes a
rating; each every few milliseconds. What comes out is JSON: the seconds of all migrations, and the
longest waits with the migration that was being applied then.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
import psycopg2

from moviesite.local.postgres_binaries import find_postgres
from moviesite.local.processes import unprivileged_account

from .bench_scale import machine
from .fresh_site import private_servers
from .places import ROOT

DUMP = ROOT / "tests" / "upgrade" / "site-0.1.sql.gz"
FILMS = 45_000
PEOPLE_A_MILLION = 10_400  # as in The Movies Dataset
PAUSE = 0.005
TOLD = 8  # of the longest waits of each kind

FILL = """
INSERT INTO accounts_user SELECT (jsonb_populate_record(u, jsonb_build_object('id', 1000 + n,
    'username', 'somebody' || n, 'email', 'somebody' || n || '@films.example',
    'imported', n > %(members)s, 'is_active', n <= %(members)s))).*
FROM accounts_user u, generate_series(1, %(people)s) n WHERE u.username = 'ada';
INSERT INTO catalog_movie SELECT (jsonb_populate_record(m, jsonb_build_object('id', 1000 + n,
    'title', 'Made-up film ' || n, 'search_title', E'\\nmade up film ' || n || E'\\n'))).*
FROM catalog_movie m, generate_series(1, %(films)s) n
WHERE m.id = (SELECT min(id) FROM catalog_movie);
SET session_replication_role = replica;
INSERT INTO catalog_rating (user_id, movie_id, half_stars, rated_at, updated_at)
SELECT 1001 + n %% %(people)s, 1001 + (n / %(people)s * 7919 + n %% %(people)s * 31) %% %(films)s,
    1 + n %% 10, now() - n * interval '1 second', now() FROM generate_series(1, %(ratings)s) n
ON CONFLICT DO NOTHING;
UPDATE catalog_movie m SET rating_count = d.n, half_star_sum = d.s
FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS s FROM catalog_rating GROUP BY 1) d
WHERE d.movie_id = m.id;
SET session_replication_role = origin;
"""
READ = """
SELECT count(*) FROM catalog_rating r JOIN catalog_movie m ON m.id = r.movie_id
JOIN accounts_user u ON u.id = r.user_id WHERE r.user_id = %s
"""
SIZE = "SELECT count(*), pg_total_relation_size('catalog_rating') FROM catalog_rating"
WRITE = "UPDATE catalog_rating SET half_stars = 1 + half_stars %% 10 WHERE user_id = %s"


class Prober(threading.Thread):
    """Asks without end, and keeps when it asked and how long it waited."""

    def __init__(self, address: str, statement: str) -> None:
        super().__init__(daemon=True)
        self.address, self.statement = address, statement
        self.over = threading.Event()
        self.waits: list[tuple[float, float]] = []

    def run(self) -> None:
        connected = psycopg2.connect(self.address)
        connected.autocommit = True
        with connected.cursor() as cursor:
            while not self.over.wait(PAUSE):
                began = time.monotonic()
                cursor.execute(self.statement, [1001])
                self.waits.append((began, time.monotonic() - began))
        connected.close()


def migrated(environment: dict[str, str]) -> list[tuple[float, str]]:
    """When each migration ended, and its name."""
    process = subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "manage.py"), "migrate", "--no-color"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = []
    for line in process.stdout or ():
        if line.strip().startswith("Applying "):
            found.append((time.monotonic(), line.split()[1].rstrip(".")))
    if process.wait():
        raise SystemExit("the migration failed")
    return found


@contextmanager
def probing(address: str) -> Iterator[dict[str, Prober]]:
    probers = {"read": Prober(address, READ), "write": Prober(address, WRITE)}
    for prober in probers.values():
        prober.start()
    time.sleep(2)
    try:
        yield probers
    finally:
        for prober in probers.values():
            prober.over.set()
            prober.join()


def longest(prober: Prober, ends: list[tuple[float, str]], began: float) -> list[dict[str, Any]]:
    """The longest waits, with the migration whose end came next."""
    during = [wait for wait in prober.waits if wait[0] + wait[1] > began]
    found = []
    for asked, waited in sorted(during, key=lambda one: -one[1])[:TOLD]:
        name = next((name for end, name in ends if end >= asked + waited - 0.05), "the end")
        found.append({"seconds": round(waited, 3), "until": name})
    return found


def measure(millions: float, members: int) -> dict[str, Any]:
    sizes = {
        "ratings": round(millions * 1e6),
        "people": max(members, round(millions * PEOPLE_A_MILLION)),
        "members": members,
        "films": FILMS,
    }
    with private_servers() as environment:
        psql = Path(find_postgres(unprivileged_account()).postgres).with_name("psql")
        parts = environ.Env.db_url_config(environment["DATABASE_URL"])
        address = f"host={parts['HOST']} user={parts['USER']} dbname={parts['NAME']}"
        subprocess.run(
            [str(psql), "-q", "-v", "ON_ERROR_STOP=1", "-d", address],
            input=gzip.decompress(DUMP.read_bytes()),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with psycopg2.connect(address) as connected, connected.cursor() as cursor:
            cursor.execute(FILL, sizes)
            cursor.execute(SIZE)
            count, size = cursor.fetchone()
        with probing(address) as probers:
            began = time.monotonic()
            ends = migrated(environment)
            seconds = time.monotonic() - began
        return {
            "machine": machine(),
            **sizes,
            "ratings": count,
            "ratings_mb": round(size / 1e6),
            "migrations": len(ends),
            "seconds": round(seconds, 1),
            "before": {name: _usual(one, began) for name, one in probers.items()},
            "longest": {name: longest(one, ends, began) for name, one in probers.items()},
        }


def _usual(prober: Prober, began: float) -> float:
    """The longest wait before anything was migrated."""
    return round(max(waited for asked, waited in prober.waits if asked + waited < began), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, default=1.0)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--to", type=Path, help="write the JSON there, too")
    options = parser.parse_args()
    text = json.dumps(measure(options.millions, options.members), indent=2)
    print(text)
    if options.to:
        options.to.write_text(text + "\n")


if __name__ == "__main__":
    main()
