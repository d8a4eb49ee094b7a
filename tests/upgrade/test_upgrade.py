"""The database of a site of version 0.1, as `pg_dump` wrote it, under today's code.

The site had a member with ratings, a diary, a list, an import and choices of all kinds, raters of a
dataset, and a live model.
"""

import json

from tests.upgrade.conftest import must, run


def test_nothing_of_a_site_is_lost_and_its_pages_work(site: dict[str, str]) -> None:
    found = json.loads(must(run("tests/upgrade/after.py", environment=site)))
    assert found["films"] == 24
    assert found["ratings"] == 187  # 176 of raters, 11 of members
    own = [[f"Film {n:02}" if n != 5 else "Amélie", 10 if n % 2 else 3] for n in range(10)]
    assert found["own"] == sorted(own)
    assert found["watchlist"] == ["Film 12"]
    assert found["hidden"] == ["Film 13"]
    assert found["diary"] == [[9, "Again!\nWith friends.", True]]
    assert found["list"] == [["Film 04", 1, "why"], ["Film 02", 2, ""], ["Film 09", 3, ""]]
    assert found["rows"] == [["Film 03", 8]]
    assert found["live"] == [["factorization", {"rmse": 0.84}]]
    assert found["policy"] == 77
    assert found["amelie"][1:] == ["tt0001005", False]
    assert found["amelie"][0] > 0
    assert found["desk"] == 200
    assert set(found["answers"].values()) == {200}, found["answers"]


def test_no_migration_is_missing(site: dict[str, str]) -> None:
    must(run("manage.py", "migrate", "--check", "--verbosity", "0", environment=site))
