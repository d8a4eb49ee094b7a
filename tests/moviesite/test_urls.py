"""No page reads all ratings: each query of each page that links lead to is explained.

A table of a few rows is read from end to end whatever indexes there are. So PostgreSQL is told that
there are many, and asked for its plan with sequential scans switched off: where one is left, or an
index is read from its beginning to its end, there is no index that leads to the rows.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connection
from django.test import Client

from tests.moviesite.linked_pages import pages_from
from tests.recommender.world import World

RATINGS = "catalog_rating"
READ = re.compile(r"\s*(SELECT|WITH)\b")


def whole_reads(plan: dict[str, Any], limited: bool = False) -> Iterator[str]:
    """The nodes of a plan that read all ratings."""
    limited = limited or plan["Node Type"] == "Limit"
    if plan.get("Relation Name") == RATINGS:
        by_index = plan["Node Type"].startswith("Index") and "Index Cond" in plan
        in_order = plan["Node Type"].startswith("Index") and limited
        if not (by_index or in_order or plan["Node Type"].startswith("Bitmap")):
            yield plan["Node Type"]
    for child in plan.get("Plans", ()):
        yield from whole_reads(child, limited)


@pytest.fixture
def rater(world: World) -> AbstractUser:
    """A member who has rated, where plans are for a million ratings, whatever autovacuum has
    noticed of the database by now."""
    member = world.fan_of_even(ratings=8)
    with connection.cursor() as cursor:
        known = "UPDATE pg_class SET reltuples = 1000000, relpages = 1 WHERE oid = %s::regclass"
        cursor.execute(known, [RATINGS])
        assert cursor.rowcount == 1
    return member


def plan_of(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN (FORMAT json) " + sql.replace("%", "%%"), [])
        (found,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = on")
    document = json.loads(found) if isinstance(found, str) else found
    plan: dict[str, Any] = document[0]["Plan"]
    return plan


def assert_none_reads_all(pages: Iterator[tuple[str, list[str]]], fewest: int) -> None:
    seen, addresses, wrong = set(), [], []
    for address, queries in pages:
        addresses.append(address)
        for sql in queries:
            shape = re.sub(r"\d+|'[^']*'", "?", sql)
            if RATINGS not in sql or shape in seen or not READ.match(sql):
                continue
            seen.add(shape)
            wrong += [f"{address}: {node}: {sql}" for node in whole_reads(plan_of(sql))]
    assert len(addresses) >= fewest, addresses
    assert len(seen) > 2
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("plain_static")
def test_no_page_of_a_member_reads_all_ratings(
    world: World, rater: AbstractUser, client: Client
) -> None:
    world.publish()
    client.force_login(rater)
    assert_none_reads_all(pages_from(client, "/", f"/movies/{world.movies[3].pk}/"), 20)


@pytest.mark.usefixtures("rater")
def test_a_query_that_reads_all_ratings_would_be_found() -> None:
    read_all = "SELECT count(*) FROM catalog_rating WHERE half_stars = 10"
    by_user = "SELECT count(*) FROM catalog_rating WHERE user_id = 1"
    assert list(whole_reads(plan_of(read_all)))
    assert not list(whole_reads(plan_of(by_user)))
