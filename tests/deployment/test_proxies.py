"""The samples for nginx and Caddy at work: HTTPS, HTTP/2, a path, log-in, uploads."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from django.db import connection
from ruamel.yaml import YAML

from moviesite.accounts.models import User

from .web_servers import (
    caddy_command,
    free_port,
    nginx_command,
    program,
    running,
    write_certificate,
)

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
PASSWORD = "a-long-and-calm-evening-42"
SAMPLES = [
    "nginx/matinee.conf",
    "nginx/matinee-path.conf",
    "caddy/Caddyfile",
    "caddy/Caddyfile-path",
]


@pytest.fixture(scope="module")
def upstream(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web process of a public site under a path, on the tests' database."""
    root = tmp_path_factory.mktemp("upstream")
    port = free_port()
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = {
        **os.environ,
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "MATINEE_URL": "https://localhost/films/",
        "MATINEE_TRUSTED_PROXIES": "127.0.0.1",
        "MATINEE_VAR": str(root),
        "WEB_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
    }
    del environment["MATINEE_LOCAL"]
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    web = [f"{BIN}/gunicorn", "--config", "python:moviesite.gunicorn_conf"]
    with running([*web, "--bind", f"127.0.0.1:{port}"], port, cwd=ROOT, env=environment):
        yield port


@dataclass(frozen=True)
class Proxy:
    address: str
    plain: str
    certificate: Path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path)


@pytest.fixture(params=SAMPLES)
def proxy(
    request: pytest.FixtureRequest, upstream: int, certificate: Path, tmp_path: Path
) -> Iterator[Proxy]:
    kind, _, name = request.param.partition("/")
    binary = program(kind)
    sample = (DEPLOY / request.param).read_text().replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    secure, plain = free_port(), free_port()
    make = nginx_command if kind == "nginx" else caddy_command
    command = make(binary, sample, certificate, secure, plain, "path" in name)
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with running(command, secure, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL):
        yield Proxy(f"https://localhost:{secure}", f"http://localhost:{plain}", certificate)


@pytest.mark.django_db(transaction=True)
def test_a_site_under_a_path_works_whole_behind_it(proxy: Proxy) -> None:
    ida = User.objects.create_user("ida", "ida@films.example", PASSWORD)
    EmailAddress.objects.create(user=ida, email=ida.email, verified=True, primary=True)
    visitor = requests.Session()
    visitor.trust_env = False  # a machine may have certificates or a proxy of its own set
    visitor.verify = str(proxy.certificate)
    home = f"{proxy.address}/films/"

    page = visitor.get(home, headers={"X-Forwarded-Host": "evil.example"})
    assert page.status_code == 200, "what a visitor claims is taken away"
    assert "max-age" in page.headers["Strict-Transport-Security"]
    [style] = re.findall(r'href="(/films/static/css/tokens\.[^"]+)"', page.text)
    css = visitor.get(urljoin(home, style))
    assert css.headers["Content-Type"].startswith("text/css")
    for script in re.findall(r'src="(/[^"]+\.js)"', page.text):
        assert visitor.get(urljoin(home, script)).status_code == 200
    short = visitor.get(f"{proxy.address}/films", allow_redirects=False)
    assert short.status_code == 200 or short.headers["Location"].endswith("/films/")

    form = visitor.get(f"{home}accounts/login/?next=/films/import/")
    fields = dict(re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]+)"', form.text))
    fields |= {"login": "ida", "password": PASSWORD}
    headers = {"Referer": form.url, "Origin": proxy.address}
    answer = visitor.post(form.url, fields, headers=headers, allow_redirects=False)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/films/import/")
    kept = {cookie.name: cookie for cookie in visitor.cookies}
    assert kept["films-sessionid"].secure
    assert {cookie.path for cookie in kept.values()} == {"/films"}

    form = visitor.get(f"{home}import/")
    token = dict(re.findall(r'name="(csrfmiddlewaretoken)" value="([^"]+)"', form.text))
    large = {"file": ("ratings.csv", b"no table\n" * 400_000)}
    sent = visitor.post(form.url, token, files=large, headers=headers, allow_redirects=False)
    assert sent.status_code in (302, 422), "the proxy's own limit would answer with 413"


def test_browsers_are_spoken_to_in_http_2(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    port = urlsplit(proxy.address).port or 0
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        assert secured.selected_alpn_protocol() == "h2"


def test_traefik_is_told_of_what_exists() -> None:
    http = YAML(typ="safe").load(DEPLOY / "traefik" / "matinee.yaml")["http"]
    for router in http["routers"].values():
        assert router["service"] in http["services"]
        assert set(router["middlewares"]) <= set(http["middlewares"])
    rules = {router["rule"] for router in http["routers"].values()}
    assert rules == {"Host(`films.example`)"}
