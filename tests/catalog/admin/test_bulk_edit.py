"""Many films changed at once from their list."""

from typing import Any

import pytest
from django.test import Client

from catalog.admin import bulk_edit
from catalog.models import Collection, FilmChange, Genre, Movie
from tests.markup import flat

LIST = "/admin/catalog/movie/"


def chosen(movies: list[Movie], **values: Any) -> dict[str, Any]:
    keys = [movie.pk for movie in movies]
    return {"action": "change_selected", "_selected_action": keys, **values}


def test_the_action_asks_what_to_change(desk: Client, films: list[Movie]) -> None:
    shown = flat(desk.post(LIST, chosen(films[:30])))
    assert "Change 30 films" in shown
    assert "and 10 more" in shown
    assert not FilmChange.objects.exists()


def test_what_is_filled_in_is_changed_and_nothing_else(
    desk: Client, films: list[Movie], genres: dict[str, Genre]
) -> None:
    series = Collection.objects.create(tmdb_id=1, name="Series")
    values = {
        "apply": "1",
        "add_genres": [genres["Comedy"].pk],
        "remove_genres": [genres["Horror"].pk],
        "collection": series.pk,
        "hidden": "yes",
        "adult": "",
    }
    answer = desk.post(LIST, chosen(films[:4], **values), follow=True)
    assert "4 films were changed." in flat(answer)
    changed = Movie.objects.filter(collection=series, hidden=True, adult=None)
    assert changed.count() == 4
    assert {genre.name for genre in films[0].genres.all()} == {"Comedy"}
    assert {genre.name for genre in films[1].genres.all()} == {"Comedy", "Drama"}
    assert FilmChange.objects.count() == 4


def test_the_list_is_filtered_afterwards_as_before(desk: Client, films: list[Movie]) -> None:
    address = f"{LIST}?adult__isnull=True&q=film"
    Movie.objects.update(search_title="\nfilm\n")
    shown = desk.post(address, chosen(films[:2])).content.decode()
    assert shown.count("?adult__isnull=True&amp;q=film") == 2, "of the form and of “Cancel”"
    answer = desk.post(address, chosen(films[:2], apply="1", hidden="yes"))
    assert answer["Location"] == address


def test_films_leave_their_collection(desk: Client, amelie: Movie) -> None:
    desk.post(LIST, chosen([amelie], apply="1", no_collection="on"))
    amelie.refresh_from_db()
    assert amelie.collection is None


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, "Say what shall change."),
        ({"collection": "C", "no_collection": "on"}, "not both"),
        ({"add_genres": "G", "remove_genres": "G"}, "added and removed at once"),
        ({"hidden": "perhaps"}, "perhaps"),
    ],
)
def test_what_makes_no_sense_is_refused(
    desk: Client, amelie: Movie, values: dict[str, str], error: str
) -> None:
    keys = {"C": amelie.collection_id, "G": amelie.genres.all()[0].pk}
    sent = {name: keys.get(value, value) for name, value in values.items()}
    assert error in flat(desk.post(LIST, chosen([amelie], apply="1", **sent)))
    assert not FilmChange.objects.exists()


def test_too_many_films_are_refused(
    desk: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_edit, "MOST_AT_ONCE", 5)
    answer = desk.post(LIST, chosen(films[:6], apply="1", hidden="yes"), follow=True)
    assert "At most 5 films" in flat(answer)
    assert not FilmChange.objects.exists()
