"""Whether a training fits into the memory of this machine, asked before it starts."""

from __future__ import annotations

import resource
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection

from catalog.models import Movie, Rating
from recommender import kinds

MEMINFO = Path("/proc/meminfo")
STATM = Path("/proc/self/statm")
# Of the container or service: version 2 of control groups, then version 1.
LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def no_room(kind: str) -> str:
    """Why a training of ``kind`` would not fit here now; empty where it does, or nobody knows."""
    needed, free = needed_memory(kind), free_memory()
    if needed is None or free is None or needed <= free:
        return ""
    return f"a training needs some {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} are free"


def needed_memory(kind: str) -> int | None:
    """The bytes that a training takes by the size of the tables, as the database estimates it."""
    estimate = kinds.get(kind).memory
    if estimate is None:
        return None
    ratings, users, films = _sizes()
    return estimate(ratings, users, films)


def free_memory() -> int | None:
    """The bytes that this process may still take: of the machine, its container and its limits."""
    bounds = [bound for bound in (_of_machine(), _of_container(), _of_limit()) if bound is not None]
    return max(0, min(bounds)) if bounds else None


def _sizes() -> tuple[int, int, int]:
    """About how many ratings, people and films there are. No row of theirs is read."""
    tables = [model._meta.db_table for model in (Rating, get_user_model(), Movie)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM unnest(%s) WITH ORDINALITY AS asked (name, place)"
            " JOIN pg_class ON pg_class.oid = asked.name::regclass ORDER BY place",
            [tables],
        )
        ratings, users, films = (max(0, int(size)) for (size,) in cursor.fetchall())
    return ratings, users, films


def _of_machine() -> int | None:
    try:
        lines = MEMINFO.read_text().splitlines()
    except OSError:
        return None
    sizes = {name: rest.split()[0] for name, _, rest in (line.partition(":") for line in lines)}
    return int(sizes["MemAvailable"]) * 1024 if "MemAvailable" in sizes else None


def _of_container() -> int | None:
    for limit, used in LIMITS:
        try:
            most = limit.read_text().strip()
            taken = int(used.read_text())
        except (OSError, ValueError):
            continue
        return None if most == "max" else int(most) - taken
    return None


def _of_limit() -> int | None:
    """What a limit on the address space leaves, as ``ulimit -v`` sets one."""
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most == resource.RLIM_INFINITY:
        return None
    try:
        pages = int(STATM.read_text().split()[0])
    except (OSError, ValueError):
        return None
    return most - pages * resource.getpagesize()
