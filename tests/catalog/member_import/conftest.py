"""A catalog of films that the exports name, and a way through all steps of an import."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.broker import send
from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import Link, MemberImport, Movie

Load = Callable[..., MemberImport]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The messages to the workers, which stay here instead of in the broker."""
    messages: list[tuple[Any, ...]] = []
    assert send

    def keep(*message: Any, **options: Any) -> bool:
        messages.append(message)
        return True

    monkeypatch.setattr(request, "send", keep)
    return messages


def film(title: str, year: int | None, original: str = "", **ids: Any) -> Movie:
    movie = Movie.objects.create(title=title, original_title=original, year=year)
    Link.objects.create(movie=movie, **ids)
    return movie


@pytest.fixture
def matrix(db: None) -> Movie:
    return film("The Matrix", 1999, imdb_id="tt0133093", tmdb_id=603, movielens_id=2571)


@pytest.fixture
def tiger(db: None) -> Movie:
    return film("Crouching Tiger, Hidden Dragon", 2000, "卧虎藏龙", tmdb_id=146)


@pytest.fixture
def alien(db: None) -> Movie:
    return film("Alien", 1979, imdb_id="tt0078748", tmdb_id=348, movielens_id=1214)


@pytest.fixture
def heat(db: None) -> Movie:
    return film("Heat", 1995, imdb_id="tt0113277", tmdb_id=949, movielens_id=6)


@pytest.fixture
def cinema(matrix: Movie, tiger: Movie, alien: Movie, heat: Movie, amelie: Movie) -> list[Movie]:
    """Everything that the Letterboxd files name."""
    return [matrix, tiger, alien, heat, amelie]


@pytest.fixture
def load(ada: AbstractUser) -> Load:
    """Upload a file for Ada and have it read and matched."""

    def upload(content: str | bytes, name: str = "ratings.csv") -> MemberImport:
        plain = content.encode() if isinstance(content, str) else content
        job = request.begin(user_id=ada.pk, file_name=name, content=plain)
        return worked(job)

    return upload


def worked(job: MemberImport) -> MemberImport:
    """The import after the worker was at it."""
    work(job.pk)
    return MemberImport.objects.get(pk=job.pk)


def applied(job: MemberImport, rule: str = "newest") -> MemberImport:
    assert request.ask_apply(job, rule)
    return worked(job)


def undone(job: MemberImport) -> MemberImport:
    assert request.ask_undo(job)
    return worked(job)


def outcomes(job: MemberImport) -> dict[str, str]:
    """Outcome by kind and title."""
    return {f"{row.kind} {row.title}": row.outcome for row in job.rows.all()}
