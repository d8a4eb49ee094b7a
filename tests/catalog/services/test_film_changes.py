"""Editors' changes: kept with before and after, locked, undone; in bulk by few statements."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.models import Collection, FieldProvenance, FilmChange, Genre, Link, Movie, Origin
from catalog.services import film_changes
from catalog.services.film_changes import (
    ChangeError,
    change_film,
    change_films,
    state_of,
    undo_change,
)

pytestmark = pytest.mark.django_db


def test_a_change_is_kept_with_before_and_after(amelie: Movie, ada: AbstractUser) -> None:
    horror = Genre.objects.get(name="Horror")
    before = list(amelie.genres.order_by("pk").values_list("pk", flat=True))
    change = change_film(
        amelie, {"runtime": 120, "genres": [horror.pk], "title": "Amelie"}, editor_id=ada.pk
    )
    assert change is not None
    assert change.editor_id == ada.pk
    assert change.fields == {
        "title": ["Amélie", "Amelie"],
        "runtime": [122, 120],
        "genres": [before, [horror.pk]],
    }
    assert set(change.names["genres"].values()) == {"Comedy", "Drama", "Horror"}


def test_what_an_editor_writes_is_locked_and_what_tmdb_says_is_not(amelie: Movie) -> None:
    change_film(amelie, {"runtime": 120, "hidden": True}, editor_id=None)
    change_film(amelie, {"budget": 5}, editor_id=None, origin=Origin.TMDB)
    rows = FieldProvenance.objects.values_list("field", "origin", "locked")
    assert set(rows) == {("runtime", "editor", True), ("budget", "tmdb", False)}


def test_saying_what_is_so_changes_nothing(amelie: Movie) -> None:
    same = {"runtime": 122, "release_date": "2001-04-25"}
    assert change_film(amelie, same, editor_id=None) is None
    assert not FilmChange.objects.exists()


def test_undo_puts_every_kind_of_field_back(amelie: Movie) -> None:
    before = state_of(amelie)
    values = {
        "title": "X",
        "year": None,
        "release_date": None,
        "adult": True,
        "collection": None,
        "genres": [],
        "companies": [],
        "hidden": True,
        "overview": "",
        "links": {"imdb_id": None, "tmdb_id": 5},
    }
    change = change_film(amelie, values, editor_id=None)
    assert change is not None
    assert change.fields.keys() == values.keys()
    assert undo_change(change, editor_id=None) == []
    assert state_of(amelie) == before
    amelie.refresh_from_db()
    assert amelie.search_title == Movie.folded_titles(amelie.title, amelie.original_title)
    with pytest.raises(ChangeError):
        undo_change(change, editor_id=None)


def test_undo_leaves_what_was_changed_again(amelie: Movie) -> None:
    first = change_film(amelie, {"runtime": 1, "budget": 2}, editor_id=None)
    change_film(amelie, {"runtime": 3}, editor_id=None)
    assert first is not None
    assert undo_change(first, editor_id=None) == ["runtime"]
    amelie.refresh_from_db()
    assert (amelie.runtime, amelie.budget) == (3, 10_000_000)


def test_undo_passes_over_what_is_gone(amelie: Movie) -> None:
    collection = Collection.objects.get()
    change = change_film(amelie, {"collection": None, "genres": []}, editor_id=None)
    collection.delete()
    Genre.objects.get(name="Drama").delete()
    assert change is not None
    undo_change(change, editor_id=None)
    amelie.refresh_from_db()
    assert amelie.collection is None
    assert [genre.name for genre in amelie.genres.all()] == ["Comedy"]


def test_links_are_made_where_there_were_none(films: list[Movie]) -> None:
    change = change_film(films[0], {"links": {"imdb_id": "tt0000001"}}, editor_id=None)
    assert Link.objects.get().imdb_id == "tt0000001"
    assert change is not None
    assert change.fields["links"][0]["imdb_id"] is None


def test_many_films_at_once(
    films: list[Movie], genres: dict[str, Genre], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(25):
        changed = change_films(
            films,
            editor_id=None,
            columns={"adult": True, "original_language": "fr"},
            add_genres=[genres["Comedy"].pk],
            remove_genres=[genres["Horror"].pk],
        )
    assert changed == 60
    assert not Movie.objects.filter(genres=genres["Horror"]).exists()
    assert Movie.objects.filter(genres=genres["Comedy"], adult=True).count() == 60
    change = FilmChange.objects.get(movie=films[0])
    assert change.fields["adult"] == [None, True]
    undo_change(change, editor_id=None)
    films[0].refresh_from_db()
    assert films[0].adult is None
    assert [genre.name for genre in films[0].genres.all()] == ["Horror"]


def test_films_that_are_so_already_are_not_counted(films: list[Movie]) -> None:
    Movie.objects.filter(pk=films[0].pk).update(hidden=True)
    assert change_films(films[:3], editor_id=None, columns={"hidden": True}) == 2
    assert FilmChange.objects.count() == 2


def test_too_many_are_refused(films: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_changes, "MOST_AT_ONCE", 5)
    with pytest.raises(ChangeError, match="at most 5"):
        change_films(films, editor_id=None, columns={"hidden": True})
    assert not Movie.objects.filter(hidden=True).exists()


def test_every_column_that_can_be_filled_can_be_changed() -> None:
    from catalog.services.film_merge.rules import FILLED_COLUMNS

    assert set(film_changes.COLUMNS) == {*FILLED_COLUMNS, "title", "hidden"}
