"""What is the fault of a service that is away, and what is the site's own."""

import errno
from typing import Any

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, DataError, InternalError, OperationalError, connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import clear_script_prefix, set_script_prefix

from moviesite.errors import bad_request, is_outage, server_error
from moviesite.web.process import bound_statements
from tests.recommender.conftest import plain_static

__all__ = ["plain_static"]


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(),
        DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq"),
        OSError(errno.ENOSPC, "full"),
        OSError(errno.EROFS, "read-only"),
    ],
)
def test_outages(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize("error", [ValueError(), DataError(), OSError(errno.ENOENT, "no file")])
def test_faults_of_the_site(error: Exception) -> None:
    assert not is_outage(error)


def test_writing_where_the_database_only_reads_is_an_outage(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            with pytest.raises(InternalError) as caught:
                cursor.execute("CREATE TABLE never (a int)")
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    assert is_outage(caught.value)


def test_a_statement_that_takes_too_long_is_an_outage(db: None, settings: Any) -> None:
    settings.DATABASE_STATEMENT_TIMEOUT = 0.05
    bound_statements(connection=connection)
    with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    assert is_outage(caught.value)


def interrupted_by(error: Exception) -> SessionInterrupted:
    """As Django's sessions say that they could not be saved, whatever the reason."""
    try:
        try:
            raise error
        except (ValueError, OperationalError):
            raise SessionInterrupted("deleted before the request completed")  # noqa: B904
    except SessionInterrupted as interrupted:
        return interrupted


def test_a_session_that_the_database_did_not_take_is_an_outage(
    db: None, plain_static: None
) -> None:
    request = RequestFactory().get("/movies/")
    assert bad_request(request, interrupted_by(OperationalError())).status_code == 503
    assert bad_request(request, interrupted_by(ValueError())).status_code == 400


def test_a_fault_of_the_site_is_a_problem_to_programs_and_a_page_to_people(
    plain_static: None,
) -> None:
    for path, kind in (("/api/v1/movies", "application/problem+json"), ("/movies/", "text/html")):
        try:
            raise ValueError
        except ValueError:
            answer = server_error(RequestFactory().get(path))
        assert answer.status_code == 500
        assert answer["Content-Type"].startswith(kind)


@pytest.mark.parametrize("name", ["400", "500", "503", "offline"])
def test_what_is_said_when_all_is_away_leads_home_under_a_path(
    plain_static: None, name: str
) -> None:
    """The mark of a database is missing: a template that asked it would fail here."""
    set_script_prefix("/films/")
    try:
        page = render_to_string(f"{name}.html")
    finally:
        clear_script_prefix()
    assert 'class="button" href="/films/"' in page
    assert 'rel="stylesheet"' in page
