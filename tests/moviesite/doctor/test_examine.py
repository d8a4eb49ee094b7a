"""The doctor: what it finds in a whole installation, and in one that has something wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from moviesite.doctor import address, machine, mail, services
from moviesite.doctor.diagnosis import Finding, Findings
from moviesite.health import heartbeats
from moviesite.health.models import Heartbeat
from moviesite.middleware.public_address import PublicAddress
from moviesite.proxies import TrustedProxies

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def public(settings: Settings) -> Settings:
    """A site that is set up well."""
    settings.LOCAL = False
    settings.HTTPS = True
    settings.PUBLIC_ADDRESS = PublicAddress.parse("https://films.example/")
    settings.ALLOWED_HOSTS = ["films.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://films.example"]
    settings.MATINEE_TRUSTED_PROXIES = TrustedProxies.parse(["127.0.0.1"])
    return settings


def found(subject: Callable[[], Findings]) -> Finding:
    [finding] = subject()
    return finding


@pytest.mark.parametrize("subject", [address.host, address.scheme, address.proxy, address.origins])
def test_what_fits_is_well(subject: Callable[[], Findings]) -> None:
    finding = found(subject)
    assert (finding.state, finding.advice) == ("ok", "")


@pytest.mark.parametrize(
    ("subject", "changed", "state", "advice"),
    [
        (address.host, {"ALLOWED_HOSTS": []}, "wrong", "MATINEE_URL"),
        (address.host, {"ALLOWED_HOSTS": ["*"]}, "hint", "ALLOWED_HOSTS"),
        (address.host, {"PUBLIC_ADDRESS": PublicAddress()}, "hint", "MATINEE_URL"),
        (address.scheme, {"HTTPS": False}, "wrong", "HTTPS"),
        (
            address.scheme,
            {"PUBLIC_ADDRESS": PublicAddress.parse("http://films.example")},
            "wrong",
            "HTTPS",
        ),
        (
            address.scheme,
            {"PUBLIC_ADDRESS": PublicAddress.parse("http://films.example"), "HTTPS": False},
            "hint",
            "certificate",
        ),
        (address.proxy, {"MATINEE_TRUSTED_PROXIES": TrustedProxies()}, "wrong", "127.0.0.1"),
        (address.origins, {"CSRF_TRUSTED_ORIGINS": ["nas.lan"]}, "wrong", "https://nas.lan"),
        (mail.sending, {"EMAIL_BACKEND": SMTP.replace("smtp", "console")}, "wrong", "EMAIL_URL"),
    ],
)
def test_what_does_not_fit_is_told(
    public: Settings,
    subject: Callable[[], Findings],
    changed: dict[str, Any],
    state: str,
    advice: str,
) -> None:
    for name, value in changed.items():
        setattr(public, name, value)
    finding = found(subject)
    assert finding.state == state
    assert advice in finding.advice


def test_mail_is_tried_at_its_server(public: Settings) -> None:
    public.EMAIL_BACKEND, public.DEFAULT_FROM_EMAIL = SMTP, "films@films.example"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        public.EMAIL_HOST, public.EMAIL_PORT = nobody.getsockname()
        finding = found(mail.server)
        assert found(mail.sending).state == "ok"
    assert finding.state == "wrong"
    assert "EMAIL_URL" in finding.advice


# --- The public address, asked for -----------------------------------------------------------


@contextmanager
def answering(status: int, location: str = "") -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location:
                port = self.server.server_address[1]
                self.send_header("Location", location.replace("PORT", str(port)))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/films/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "location", "state", "advice"),
    [
        (200, "", "ok", ""),
        (302, "/films/welcome/", "ok", ""),
        (301, "http://127.0.0.1:PORT/films/", "wrong", "X-Forwarded-Proto"),
        (400, "", "wrong", "Host"),
        (404, "", "wrong", "path"),
        (502, "", "wrong", "log"),
    ],
)
def test_the_public_address_is_asked_for(
    public: Settings, status: int, location: str, state: str, advice: str
) -> None:
    with answering(status, location) as url:
        public.PUBLIC_ADDRESS = PublicAddress.parse(url)
        finding = found(address.answers)
    assert finding.state == state
    assert advice in finding.advice


def test_an_address_where_nobody_answers_is_a_hint(public: Settings) -> None:
    with answering(200) as url:
        public.PUBLIC_ADDRESS = PublicAddress.parse(url.replace("http:", "https:"))
        assert found(address.answers).state == "wrong", "no certificate"
    assert found(address.answers).state == "hint", "nobody there any more"
    public.PUBLIC_ADDRESS = PublicAddress()
    assert list(address.answers()) == []


# --- Servers and machine -----------------------------------------------------------------------


@pytest.mark.django_db
def test_servers_and_migrations_are_looked_at() -> None:
    states = {one.subject: one.state for one in services.database()}
    assert states.pop("PostgreSQL") in ("ok", "hint")  # without pg_trgm, as some wheels are
    assert states == {"Time": "ok"}
    assert found(services.migrations).state == "ok"
    assert found(services.broker).state in ("ok", "hint")
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    waiting = found(services.migrations)
    assert (waiting.state, waiting.advice) == ("wrong", "manage.py migrate")


def test_a_database_that_does_not_keep_letters_is_told(transactional_db: None) -> None:
    """As a server makes it that was installed where no language was set."""
    own = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    connection.close()
    connection.settings_dict["NAME"] = "plain"
    try:
        finding = next(services.database())
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE plain")
    assert finding.state == "wrong"
    assert "SQL_ASCII" in finding.text


def test_a_broker_that_is_gone_is_told(public: Settings) -> None:
    public.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    finding = found(services.broker)
    assert finding.state == "wrong"
    assert "REDIS_URL" in finding.advice


@pytest.mark.django_db
def test_a_schedule_that_stands_still_is_told() -> None:
    assert found(services.beat).state == "wrong"
    heartbeats.tell(heartbeats.BEAT)
    for ago, state in ((timedelta(seconds=20), "ok"), (timedelta(hours=1), "wrong")):
        Heartbeat.objects.update(at=timezone.now() - ago)
        assert found(services.beat).state == state


def test_a_full_disk_and_little_memory_are_told(
    public: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.VAR_DIR = public.STATIC_ROOT = tmp_path
    assert found(machine.static_files).advice == "manage.py collectstatic --noinput"
    (tmp_path / "staticfiles.json").touch()
    assert found(machine.static_files).state == "ok"
    assert found(machine.python).state == "ok"

    class Room:
        free = available = 10**6

    monkeypatch.setattr(psutil, "disk_usage", lambda path: Room)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Room)
    assert "wrong" in {one.state for one in machine.disk()}
    assert found(machine.memory).state == "wrong"


# --- The command ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_tells_programs_and_ends_with_1(
    public: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    public.PUBLIC_ADDRESS = PublicAddress()
    public.ALLOWED_HOSTS = []
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    assert ended.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert {tuple(one) for one in told} == {("subject", "state", "text", "advice")}
    states = [one["state"] for one in told]
    order = ["wrong", "hint", "ok"]
    assert states == sorted(states, key=order.index)
    assert {one["subject"] for one in told if one["state"] == "wrong"} >= {
        "Host",
        "Workers: queue default",
        "Workers: queue training",
    }
