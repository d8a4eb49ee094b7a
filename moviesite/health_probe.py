"""Asks this machine's web process whether it lives; the health check of the container.

Run as a file, with the standard library alone: importing the site for every question would cost
more than the question.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def lives(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException) as error:
        print(f"No answer on port {port}: {error}", file=sys.stderr)
        return False
    finally:
        connection.close()


def allowed_host(allowed: str, url: str = "") -> str:
    """A host that the site answers to, of the values of ALLOWED_HOSTS and MATINEE_URL."""
    named = allowed.split(",")[0].strip().lstrip(".*")
    return named or urlsplit(url.strip()).netloc or "localhost"


if __name__ == "__main__":
    port = int(os.environ.get("PORT") or "8000")
    host = allowed_host(os.environ.get("ALLOWED_HOSTS", ""), os.environ.get("MATINEE_URL", ""))
    sys.exit(not lives(port, host))
