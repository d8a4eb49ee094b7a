"""What a site needs from 100,000 ratings to a thousand million, from measured costs.

python -m tests.benchmarks.growth_model [--renew BENCH_SCALE_JSON]

Prints the tables of docs/scaling.md. The costs are in growth_costs.json, each with where it is
from; ``--renew`` takes those of training, pages and ratings from what `make bench-scale` wrote.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COSTS = Path(__file__).with_name("growth_costs.json")
SIZES = tuple(10**power for power in range(5, 10))
RATINGS_A_MEMBER = 10
DAY, HOUR = 86_400, 3_600
TAKES_OVER = {
    "training's memory": "blocks of users, the sums of the items kept; then several processes",
    "a night for a training": "several GPUs, each with a part of the users",
    "processors of web": "more machines with web processes: they keep nothing",
    "processors of PostgreSQL": "replicas for what pages read, then Citus by user",
    "disk of PostgreSQL": "Citus: ratings distributed by user",
    "connections": "PgBouncer by transaction",
    "models in memory": "nothing yet: they grow with films alone",
}


def costs() -> dict[str, dict[str, float]]:
    """Values by room and name."""
    read = json.loads(COSTS.read_text(encoding="utf-8"))
    return {room: {name: one[0] for name, one in table.items()} for room, table in read.items()}


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Of a site of one size; memory and disk in GB, training in hours of one processor."""

    ratings: int
    members: float
    films: float
    pages_a_second: float
    web_cores: float
    web_gb: float
    database_cores: float
    database_gb: float
    models_gb: float
    snapshot_gb: float
    stars_hours: float
    stars_gb: float
    next_hours: float
    next_gb: float
    connections: float


def needs(ratings: int, known: dict[str, dict[str, float]]) -> Needs:
    site, web, base = known["site"], known["web"], known["database"]
    models, training = known["models"], known["training"]
    members, millions = ratings / RATINGS_A_MEMBER, ratings / 1e6
    films = max(500.0, site["films_at_26_million"] * math.sqrt(millions / 26))
    active = members * site["active_share"]
    pages = active * site["pages_a_day"] * site["busiest_hour"] / HOUR
    page_ms = web["page_ms"] + web["thousand_films_ms"] * (films - 45_843) / 1000
    web_cores = pages * page_ms / 1000 / site["use"]
    processes = max(1.0, web_cores) * web["processes_a_core"]
    new = active * site["ratings_a_day"] * site["busiest_hour"] / HOUR
    return Needs(
        ratings=ratings,
        members=members,
        films=films,
        pages_a_second=pages,
        web_cores=web_cores,
        web_gb=processes * web["process_mb"] / 1000,
        database_cores=(pages * base["page_ms"] + new * base["rating_ms"]) / 1000 / site["use"],
        database_gb=ratings * base["rating_bytes"] / 1e9,
        models_gb=films * (models["stars_bytes_a_film"] + models["next_bytes_a_film"]) / 1e9,
        snapshot_gb=ratings * training["snapshot_bytes"] / 1e9,
        stars_hours=training["stars_seconds"] * millions ** training["stars_exponent"] / HOUR,
        stars_gb=(training["stars_base_mb"] + training["stars_mb"] * millions) / 1000,
        next_hours=(training["next_base_seconds"] + training["next_seconds"] * millions) / HOUR,
        next_gb=(training["next_base_mb"] + training["next_mb"] * millions) / 1000,
        connections=processes * 2,
    )


def strains(one: Needs, known: dict[str, dict[str, float]]) -> list[tuple[str, float]]:
    """What one machine for each part has too little of, and how many times; the worst first."""
    site = known["site"]
    cores, memory, disk = (site[f"machine_{what}"] for what in ("cores", "gb", "disk_gb"))
    shares = {
        "training's memory": max(one.stars_gb, one.next_gb) / memory,
        "a night for a training": max(one.stars_hours, one.next_hours) / 8,
        "processors of web": one.web_cores / cores,
        "processors of PostgreSQL": one.database_cores / cores,
        "disk of PostgreSQL": one.database_gb / disk,
        "connections": one.connections / known["database"]["connections"],
        "models in memory": one.models_gb / memory,
    }
    return sorted(
        ((name, share) for name, share in shares.items() if share > 1), key=lambda pair: -pair[1]
    )


def short(value: float) -> str:
    """Two digits that count, and a word for large ones."""
    for size, word in ((1e9, " thousand million"), (1e6, " million")):
        if value >= size:
            return f"{value / size:.3g}{word}"
    if value >= 1000:
        return f"{round(value, -int(math.log10(value)) + 1):,.0f}"
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def serving_table(sites: list[Needs]) -> str:
    head = ("ratings", "members", "films", "pages a second", "processors of web")
    head += ("memory of web, GB", "processors of PostgreSQL", "ratings on disk, GB", "models, GB")
    columns = ("ratings", "members", "films", "pages_a_second", "web_cores")
    columns += ("web_gb", "database_cores", "database_gb", "models_gb")
    return table(head, rows(sites, columns))


def training_table(sites: list[Needs]) -> str:
    head = ("ratings", "snapshot, GB", "stars, hours", "GB", "next film, hours", "GB")
    columns = ("ratings", "snapshot_gb", "stars_hours", "stars_gb", "next_hours", "next_gb")
    return table(head, rows(sites, columns))


def rows(sites: list[Needs], columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(short(getattr(one, column)) for column in columns) for one in sites]


def strain_table(sites: list[Needs], known: dict[str, dict[str, float]]) -> str:
    rows = []
    for one in sites:
        found = strains(one, known)
        if not found:
            rows.append((short(one.ratings), "nothing", "", ""))
        for name, share in found:
            rows.append((short(one.ratings), name, f"{short(share)} times", TAKES_OVER[name]))
    return table(("ratings", "beyond one machine", "by", "what takes over"), iter(rows))


def cost_table() -> str:
    read = json.loads(COSTS.read_text(encoding="utf-8"))
    return table(
        ("part", "cost", "", "from"),
        (
            (f"{room}: {name.replace('_', ' ')}", f"{value:g}", unit, source)
            for room, entries in read.items()
            for name, (value, unit, source) in entries.items()
        ),
    )


def tables() -> dict[str, str]:
    known = costs()
    sites = [needs(size, known) for size in SIZES]
    return {
        "Serving": serving_table(sites),
        "Training": training_table(sites),
        "What breaks": strain_table(sites, known),
        "Costs": cost_table(),
    }


def renew(bench: dict[str, Any], costs: dict[str, Any]) -> None:
    """Take the costs of training, pages and ratings from the sizes that were measured: what grows
    beside a base from the largest two, all else from the largest."""
    machine = bench["machine"]
    source = f"bench_scale on {machine['cores']} cores at load {machine['load'][0]}"
    for stage, room, growing, plain in (
        ("explicit", "training", {"stars_mb": "peak_mb"}, {"stars_seconds": "processor_seconds"}),
        ("sequence", "training", {"next_mb": "peak_mb", "next_seconds": "processor_seconds"}, {}),
        (
            "pages",
            "database",
            {},
            {"page_ms": "home_database_ms", "rating_ms": "rating_database_ms"},
        ),
    ):
        measured = [found[stage] for found in bench["synthetic"].values() if stage in found]
        measured.sort(key=lambda one: one["ratings"])
        if not measured:
            continue
        largest, millions = measured[-1], measured[-1]["ratings"] / 1e6
        found = {
            name: largest[figure] / (millions if stage == "explicit" else 1)
            for name, figure in plain.items()
        }
        for name, figure in growing.items() if len(measured) > 1 else ():
            before = measured[-2]
            slope = (largest[figure] - before[figure]) / (millions - before["ratings"] / 1e6)
            of = name.replace("_", "_base_")
            found |= {name: slope, of: largest[figure] - slope * millions}
        told = f"{largest['ratings']:,} ratings, {source}"
        for name, value in found.items():
            costs[room][name] = [round(value, 1), costs[room][name][1], told]


def written(costs: dict[str, dict[str, Any]]) -> str:
    """The costs as JSON, one in a line."""
    rooms = []
    for room, entries in costs.items():
        lines = [f"    {json.dumps(name)}: {json.dumps(one)}" for name, one in entries.items()]
        rooms.append(f"  {json.dumps(room)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(rooms) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--renew", type=Path, help="what `make bench-scale ARGS='--to FILE'` wrote")
    options = parser.parse_args()
    if options.renew:
        known = json.loads(COSTS.read_text(encoding="utf-8"))
        renew(json.loads(options.renew.read_text(encoding="utf-8")), known)
        COSTS.write_text(written(known), encoding="utf-8")
    for title, text in tables().items():
        print(f"{title}\n\n{text}\n")


if __name__ == "__main__":
    main()
