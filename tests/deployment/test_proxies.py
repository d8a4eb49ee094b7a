"""The samples for nginx, Caddy and Traefik at work: HTTPS, HTTP/2, a path, log-in, uploads."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
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
    traefik_command,
    write_certificate,
)

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
PASSWORD = "a-long-and-calm-evening-42"
SLOW_VISITORS = 8  # the site has one process of two threads
SAMPLES = [
    "nginx/matinee.conf",
    "nginx/matinee-path.conf",
    "caddy/Caddyfile",
    "caddy/Caddyfile-path",
    "traefik/matinee.yaml",
    "traefik/matinee.yaml path",
]
COMMANDS = {"nginx": nginx_command, "caddy": caddy_command, "traefik": traefik_command}


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
    has_plain: bool


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path)


@pytest.fixture(params=SAMPLES)
def proxy(
    request: pytest.FixtureRequest, upstream: int, certificate: Path, tmp_path: Path
) -> Iterator[Proxy]:
    kind, _, name = request.param.partition("/")
    binary = program(kind)
    sample = (DEPLOY / request.param.removesuffix(" path")).read_text()
    sample = sample.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    secure, plain = free_port(), free_port()
    command = COMMANDS[kind](binary, sample, certificate, secure, plain, "path" in name)
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with running(command, secure, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL):
        addresses = f"https://localhost:{secure}", f"http://localhost:{plain}"
        yield Proxy(*addresses, certificate, has_plain=request.param != "nginx/matinee-path.conf")


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


@pytest.mark.django_db(transaction=True)
def test_a_page_is_answered_in_http_2(proxy: Proxy) -> None:
    """And not only offered: curl asks by it, and tells what it was answered by."""
    if (
        " HTTP2 "
        not in subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout
    ):
        pytest.skip("curl on PATH speaks no HTTP/2")
    command = ["curl", "--silent", "--http2", "--cacert", str(proxy.certificate), "--output", "-"]
    told = ["--write-out", "\n%{http_version} %{http_code}", f"{proxy.address}/films/"]
    done = subprocess.run([*command, *told], capture_output=True, text=True, check=True)
    page, _, answer = done.stdout.rpartition("\n")
    assert answer == "2 200"
    assert page.rstrip().endswith("</html>")


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_in_plain_http_is_led_to_https(proxy: Proxy) -> None:
    if not proxy.has_plain:
        pytest.skip("the sample is a part of a server, whose owner leads to HTTPS")
    answer = requests.get(f"{proxy.plain}/films/movies/?page=2", allow_redirects=False, timeout=30)
    assert answer.status_code in (301, 308)
    there = urlsplit(answer.headers["Location"])
    assert (there.scheme, there.hostname) == ("https", "localhost")
    assert (there.path, there.query) == ("/films/movies/", "page=2")


@pytest.mark.django_db(transaction=True)
def test_slow_uploads_keep_no_thread_from_others(proxy: Proxy) -> None:
    """
    GIVEN more visitors than the site has threads, each with half of an upload
    WHEN somebody opens a page
    THEN it is answered, and then the uploads are, each when the rest of it came
    """
    half = b"x" * 50_000
    head = (
        "POST /films/hooks/nobody HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {2 * len(half)}\r\n\r\n"
    ).encode()
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    port = urlsplit(proxy.address).port or 0
    with ExitStack() as opened:
        uploads = []
        for _ in range(SLOW_VISITORS):
            raw = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            upload = opened.enter_context(context.wrap_socket(raw, server_hostname="localhost"))
            upload.sendall(head + half)
            uploads.append(upload)
        page = requests.get(f"{proxy.address}/films/", verify=str(proxy.certificate), timeout=30)
        assert page.status_code == 200
        for upload in uploads:
            upload.sendall(half)
            assert upload.recv(13).startswith(b"HTTP/1.1 40")


def test_browsers_are_offered_http_2(proxy: Proxy) -> None:
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
