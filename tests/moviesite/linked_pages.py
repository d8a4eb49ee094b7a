"""A walk through the pages that links lead to, for tests and benchmarks of all of them."""

import re
from collections import deque
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

MOST_OF_A_VIEW = 2
LINK = re.compile(r"""(?:href|src|hx-get|data-[a-z-]+)="(/[^"#]*)[^"]*\"""")
OUT = re.compile(
    r"logout|/static/|/accounts/(login|signup|password|reauthenticate|email|2fa|3rdparty)"
)


def pages_from(client: Client, *starts: str) -> Iterator[tuple[str, list[str]]]:
    """Pages that links lead to, up to two of each view, and the queries that each made."""
    waiting, known = deque(starts), set(starts)
    visited: dict[str, int] = {}
    while waiting:
        address = waiting.popleft()
        try:
            view = resolve(address.partition("?")[0]).view_name
        except Resolver404:
            continue
        if visited.get(view, 0) >= MOST_OF_A_VIEW:
            continue
        visited[view] = visited.get(view, 0) + 1
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            body = b"".join(answer) if answer.streaming else answer.content
        yield address, [query["sql"] for query in queries]
        if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
            links = [link.replace("&amp;", "&") for link in LINK.findall(body.decode())]
            new = [link for link in links if link not in known and not OUT.search(link)]
            known.update(new)
            waiting.extend(new)
        elif answer.status_code in (301, 302) and answer["Location"] not in known:
            waiting.append(answer["Location"])
