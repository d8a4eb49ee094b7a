"""The samples for nginx and Caddy at work: HTTPS, HTTP/2, a path, log-in, uploads.

Both are taken from PATH, or unpacked from Debian's packages without being installed.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from django.db import connection
from ruamel.yaml import YAML

from moviesite.accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
CACHE = Path(os.environ.get("MATINEE_CACHE_DIR") or "~/.cache/matinee").expanduser() / "proxies"
PASSWORD = "a-long-and-calm-evening-42"
SAMPLES = [
    "nginx/matinee.conf",
    "nginx/matinee-path.conf",
    "caddy/Caddyfile",
    "caddy/Caddyfile-path",
]


def program(name: str) -> str:
    """Where the program is; skips the test where it cannot be had."""
    if there := shutil.which(name):
        return there
    unpacked = next(iter(CACHE.glob(f"{name}/usr/*bin/{name}")), None)
    if unpacked is None:
        try:
            (CACHE / name).mkdir(parents=True, exist_ok=True)
            quiet = {"cwd": CACHE / name, "capture_output": True, "check": True, "timeout": 60}
            subprocess.run(["apt-get", "download", name], **quiet)  # type: ignore[call-overload]
            [package] = (CACHE / name).glob("*.deb")
            subprocess.run(["dpkg", "-x", package, "."], **quiet)  # type: ignore[call-overload]
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            pytest.skip(f"no {name} on PATH, and no package of it could be had: {error}")
        unpacked = next((CACHE / name).glob(f"usr/*bin/{name}"))
    return str(unpacked)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, "it ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "nobody listens"
        time.sleep(0.1)


@contextmanager
def running(command: list[str], port: int, **options: object) -> Iterator[None]:
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


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
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -batch"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return tmp_path / "fullchain.pem"


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


def nginx_command(
    binary: str, sample: str, certificate: Path, secure: int, plain: int, path: bool
) -> list[str]:
    folder = certificate.parent
    listens = f"listen 127.0.0.1:{secure} ssl http2;"
    if path:
        sample = (
            f"server {{ {listens} server_name localhost; ssl_certificate {certificate};"
            f" ssl_certificate_key {folder}/privkey.pem;\n{sample}\n}}"
        )
    sample = re.sub(r"listen \[::\].*", "", sample)
    sample = sample.replace("listen 443 ssl http2;", listens)
    sample = sample.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    sample = sample.replace("/etc/letsencrypt/live/films.example", str(folder))
    sample = sample.replace("films.example", "localhost")
    kept = "".join(
        f"{one}_temp_path {folder}/{one};\n"
        for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    whole = (
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}{sample}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole)
    return [binary, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy_command(
    binary: str, sample: str, certificate: Path, secure: int, plain: int, path: bool
) -> list[str]:
    folder = certificate.parent
    own = f"\ttls {certificate} {folder}/privkey.pem\n"
    for host in ("films.example {\n", "example.org {\n"):
        sample = re.sub(
            f"^{host}", f"https://localhost:{secure} {{\n{own}", sample, flags=re.MULTILINE
        )
    options = f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n}}\n"
    (folder / "Caddyfile").write_text(options + sample)
    return [binary, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


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
