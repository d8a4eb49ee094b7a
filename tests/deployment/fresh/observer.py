"""A real Prometheus beside the site: what it makes of metrics, alert rules and dashboard."""

from __future__ import annotations

import json
import shlex
import time
from typing import Any

from tests.docs.pages import ROOT, snippets

from .machine import Machine

DEPLOY = "/opt/matinee/site/deploy"
SECONDS = 60


def prometheus(machine: Machine, token: str, certificate: str) -> dict[str, Any]:
    """Set up by the lines of docs/operating.md; every rule must be evaluated without an error."""
    machine.run(f"""
        printf %s {token} > /etc/prometheus/matinee-token
        printf %s {shlex.quote(configuration(certificate))} > /etc/prometheus/prometheus.yml
        promtool check config /etc/prometheus/prometheus.yml >&2
        systemctl restart prometheus
    """)
    panels = json.loads((ROOT / "deploy/grafana/matinee.json").read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    deadline = time.monotonic() + SECONDS
    while True:
        health = rules(machine)
        numbers = {one: count(machine, one) for one in ('up{job="matinee"} == 1', *queries)}
        if set(health.values()) == {"ok"} and numbers['up{job="matinee"} == 1']:
            break
        if time.monotonic() > deadline:
            raise RuntimeError(f"Prometheus is not content: {health} {numbers}")
        time.sleep(2)
    empty = [query for query, found in numbers.items() if not found]
    return {"rules": len(health), "queries": len(numbers), "without a number": empty}


def configuration(certificate: str) -> str:
    [printed] = [
        one.text
        for one in snippets(ROOT / "docs" / "operating.md", "text")
        if "scrape_configs" in one.text
    ]
    under_a_path = f"metrics_path: /films/metrics\n    tls_config: {{ca_file: {certificate}}}\n"
    printed = printed.replace(
        "    scheme:", f"    {under_a_path}    scrape_interval: 2s\n    scheme:"
    )
    rules = f"rule_files: [{DEPLOY}/prometheus/alerts.yml]\n"
    return f"global: {{evaluation_interval: 2s}}\n{rules}{printed}"


def rules(machine: Machine) -> dict[str, str]:
    """The health of each rule: ``ok``, ``err``, or ``unknown`` before it was evaluated."""
    ask = "curl --silent --retry 20 --retry-connrefused localhost:9090/api/v1/rules"
    groups = json.loads(machine.run(ask))["data"]["groups"]
    return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}


def count(machine: Machine, query: str) -> int:
    """How many numbers a query has just now."""
    wanted = shlex.quote(f"query={query}")
    ask = f"curl --silent localhost:9090/api/v1/query --data-urlencode {wanted}"
    answer = json.loads(machine.run(ask))
    if answer["status"] != "success":
        raise RuntimeError(f"{query}: {answer}")
    return len(answer["data"]["result"])
