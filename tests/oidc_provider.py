"""A real provider of OpenID Connect for tests, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.deployment.web_servers import free_port


@contextmanager
def oidc_provider(claims: dict[str, object]) -> Iterator[str]:
    """Its address, while it runs and knows one person by these claims."""
    port = free_port()
    server = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    address = f"http://localhost:{port}"
    process = subprocess.Popen(
        [*server, "--user-claims", json.dumps(claims)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "it ended"
                assert time.monotonic() < deadline, "it never answered"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)
