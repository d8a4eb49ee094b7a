"""What a source says of a film, field by field."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from catalog.admin import film_history
from catalog.admin.film_history import ProposalError, proposal_rows, propose_from
from catalog.models import FieldProvenance, Genre, Movie, Origin
from catalog.services.provenance import record_origin
from tests.markup import flat

SAID: dict[str, Any] = {"runtime": 121, "overview": "Another.", "title": "Amélie"}


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_history, "_sources", {})

    def say(movie: Movie) -> Mapping[str, Any]:
        if movie.title == "Nothing":
            raise ProposalError("The source is asleep.")
        return SAID

    propose_from("somewhere", "Somewhere", Origin.TMDB, say)


def test_only_what_differs_is_proposed(amelie: Movie) -> None:
    record_origin([amelie], ["overview"], Origin.EDITOR, lock=True)
    drama = Genre.objects.get(name="Drama")
    rows = proposal_rows(amelie, {**SAID, "genres": [drama.pk], "unknown": 1})
    assert [(row.name, row.after, row.locked) for row in rows] == [
        ("runtime", "121", False),
        ("overview", "Another.", True),
        ("genres", "Drama", False),
    ]
    assert rows[2].before == "Comedy, Drama"


@pytest.mark.usefixtures("source")
def test_what_is_ticked_is_taken_over(desk: Client, amelie: Movie) -> None:
    assert "Fetch from Somewhere" in flat(desk.get(f"/admin/catalog/movie/{amelie.pk}/change/"))
    address = f"/admin/catalog/movie/{amelie.pk}/propose/somewhere/"
    shown = flat(desk.get(address))
    assert "122" in shown
    assert "121" in shown
    desk.post(address, {"field": ["runtime", "budget"]})
    amelie.refresh_from_db()
    assert (amelie.runtime, amelie.overview[:9]) == (121, "At a tiny")
    row = FieldProvenance.objects.get()
    assert (row.field, row.origin, row.locked) == ("runtime", "tmdb", False)


@pytest.mark.usefixtures("source")
def test_a_source_that_does_not_answer_says_why(desk: Client, amelie: Movie) -> None:
    Movie.objects.filter(pk=amelie.pk).update(title="Nothing")
    address = f"/admin/catalog/movie/{amelie.pk}/propose/somewhere/"
    assert "The source is asleep." in flat(desk.get(address, follow=True))
    assert desk.get(address.replace("somewhere", "nowhere")).status_code == 404


@pytest.mark.usefixtures("source")
def test_who_may_not_edit_films_fetches_nothing(stranger: Client, amelie: Movie) -> None:
    address = f"/admin/catalog/movie/{amelie.pk}/propose/somewhere/"
    assert stranger.get(address).status_code == 403


def test_without_a_source_nothing_is_offered(desk: Client, amelie: Movie) -> None:
    assert "Fetch from" not in flat(desk.get(f"/admin/catalog/movie/{amelie.pk}/change/"))
