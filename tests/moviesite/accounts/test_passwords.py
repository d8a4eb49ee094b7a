"""Which passwords are taken, wherever one is set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from moviesite.accounts.models import User
from moviesite.local import administrator

STOLEN = "a-long-and-calm-evening-42"


class Ranges(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        ending = hashlib.sha1(STOLEN.encode(), usedforsecurity=False).hexdigest().upper()[5:]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{'0' * 35}:3\r\n{ending}:12\r\n{'F' * 35}:0".encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service(settings: Any) -> Iterator[type[Ranges]]:
    """A stand-in for a service of stolen passwords."""
    with HTTPServer(("127.0.0.1", 0), Ranges) as server:
        settings.MATINEE_BREACHED_PASSWORDS_URL = f"http://127.0.0.1:{server.server_port}/range/"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Ranges
        server.shutdown()
        thread.join()


def why_not(password: str, user: User | None = None) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [str(one.code) for one in error.error_list]
    return []


@pytest.mark.parametrize(
    "password",
    ["a-long-and-calm-evening-42", "xK3-9fQ_z0", "correct horse battery staple", "rosa Elefanten"],
)
def test_long_ones_and_hard_ones_are_taken(password: str) -> None:
    assert why_not(password) == []


@pytest.mark.parametrize(
    "password",
    ["qwertyuiop12", "password1234", "aaaaaaaaaaaaaaaa", "letmein", "matinee12345", "123"],
)
def test_common_ones_are_refused_however_long_and_told_so_once(password: str) -> None:
    assert why_not(password) == ["password_common"]


def test_short_ones_have_to_be_hard() -> None:
    assert why_not("evening42x") == ["password_weak"]


def test_ones_own_name_helps_nobody() -> None:
    ida = User(username="idalupino1918", email="ida@matinee.example")
    assert why_not("idalupino1918", ida)
    assert why_not("x" * 500) == ["password_common"], "a long one takes no long time"


def test_stolen_ones_are_asked_for_by_five_digits(service: type[Ranges]) -> None:
    assert why_not(STOLEN) == ["password_breached"]
    assert why_not("another-calm-evening-43") == []
    digest = hashlib.sha1(STOLEN.encode(), usedforsecurity=False).hexdigest().upper()
    assert service.asked[0] == f"/range/{digest[:5]}"


def test_where_the_service_does_not_answer_a_password_is_taken(settings: Any) -> None:
    settings.MATINEE_BREACHED_PASSWORDS_URL = "http://127.0.0.1:9/range/"
    assert why_not(STOLEN) == []


@pytest.mark.django_db
def test_the_password_that_a_local_run_makes_is_taken(tmp_path: Any, capsys: Any) -> None:
    administrator.ensure_administrator(tmp_path)
    password = (tmp_path / "admin-password").read_text().strip()
    assert why_not(password, User.objects.get(username="admin")) == []
