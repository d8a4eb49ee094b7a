"""What is done to the films of a list, by plain forms and with htmx."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import Movie, MovieList
from catalog.services.lists import add_films, make_list

pytestmark = pytest.mark.usefixtures("plain_static")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def rainy(ada: AbstractUser, films: list[Movie]) -> MovieList:
    made = make_list(user_id=ada.pk, title="Rainy days")
    add_films(made, [movie.pk for movie in films[:4]])
    return made


def order(films: MovieList) -> str:
    return "".join(entry.movie.title[-1] for entry in films.entries.select_related("movie"))


def undo_step(page: str) -> str:
    """What the undo button of the message on a page sends."""
    found = re.search(r'action="/undo/".*?name="step"\s+value="([^"]+)"', page, re.DOTALL)
    assert found, "no undo offered"
    return found[1]


def post(client: Client, films: MovieList, what: str, data: dict[str, Any], **more: Any) -> Any:
    return client.post(f"/lists/{films.pk}/films/{what}", data, **more)


def test_a_film_is_added_by_key_and_by_title(
    member: Client, rainy: MovieList, films: list[Movie]
) -> None:
    post(member, rainy, "", {"movie": films[7].pk}, follow=True)
    post(member, rainy, "", {"title": "film 08"}, follow=True)
    assert order(rainy) == "012378"
    answer = post(member, rainy, "", {"movie": films[7].pk}, follow=True)
    assert "Film 07 is already on “Rainy days”" in answer.content.decode()
    assert "/undo/" not in answer.content.decode()


def test_adding_is_undone(member: Client, rainy: MovieList, films: list[Movie]) -> None:
    page = post(member, rainy, "", {"movie": films[7].pk}, follow=True).content.decode()
    assert "Film 07 is on “Rainy days”" in page
    member.post("/undo/", {"step": undo_step(page)})
    assert order(rainy) == "0123"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"title": "zzzz qqqq"}, "We do not know a film called “zzzz qqqq”."),
        ({"movie": "99999999"}, "Type a title first."),
        ({"movie": "9" * 30}, "Type a title first."),
        ({}, "Type a title first."),
    ],
)
def test_a_film_that_is_not_there(
    member: Client, rainy: MovieList, asked: dict[str, str], said: str
) -> None:
    answer = post(member, rainy, "", asked, headers=HTMX)
    assert answer.status_code == 422
    assert answer.content.decode() == said
    assert order(rainy) == "0123"


def test_a_full_list_says_so(
    member: Client, rainy: MovieList, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MovieList, "MOST_FILMS", 4)
    answer = post(member, rainy, "", {"movie": films[9].pk}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.content.decode() == "A list can hold at most 4 films."


def test_removing_is_undone_with_note_and_place(
    member: Client, rainy: MovieList, films: list[Movie]
) -> None:
    second = films[1].pk
    post(member, rainy, f"{second}/note/", {"note": "<i>after dark</i>"})
    page = post(member, rainy, f"{second}/remove/", {}, follow=True).content.decode()
    assert "Film 01 was removed from “Rainy days”" in page
    assert order(rainy) == "023"
    answer = member.post("/undo/", {"step": undo_step(page)}, headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    assert order(rainy) == "0123"
    shown = member.get(rainy.get_absolute_url()).content.decode()
    assert "&lt;i&gt;after dark&lt;/i&gt;" in shown


def test_moving(member: Client, rainy: MovieList, films: list[Movie]) -> None:
    post(member, rainy, f"{films[3].pk}/move/", {"step": "-1"})
    assert order(rainy) == "0132"
    post(member, rainy, f"{films[0].pk}/move/", {"place": "3"})
    assert order(rainy) == "1302"
    answer = post(member, rainy, f"{films[2].pk}/move/", {"place": "1"}, follow=True)
    assert "Film 02 is now number 1" in answer.content.decode()
    for nonsense in ({}, {"step": "7"}, {"place": "first"}, {"place": "-1"}, {"place": "9" * 40}):
        answer = post(member, rainy, f"{films[2].pk}/move/", nonsense, headers=HTMX)
        assert answer.status_code == 422, nonsense
    assert order(rainy) == "2130"


def test_a_note_has_its_length(member: Client, rainy: MovieList, films: list[Movie]) -> None:
    answer = post(member, rainy, f"{films[0].pk}/note/", {"note": "x" * 20_001}, headers=HTMX)
    assert answer.status_code == 422
    assert "at most 20000 characters" in answer.content.decode()


def test_nobody_else_changes_it(client: Client, rainy: MovieList, films: list[Movie]) -> None:
    MovieList.objects.filter(pk=rainy.pk).update(is_public=True)
    first = films[0].pk
    changes = {
        "": {"movie": films[9].pk},
        f"{first}/remove/": {},
        f"{first}/move/": {"place": 4},
        f"{first}/note/": {"note": "mine"},
    }
    for path, data in changes.items():
        assert "/accounts/login/" in post(client, rainy, path, data)["Location"]
    client.force_login(get_user_model().objects.create_user("eve"))
    for path, data in changes.items():
        assert post(client, rainy, path, data).status_code == 404
        assert client.get(f"/lists/{rainy.pk}/films/{path}").status_code == 405
    assert order(rainy) == "0123"


def test_a_step_is_one_members_own_and_of_today(
    member: Client, rainy: MovieList, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = post(member, rainy, f"{films[1].pk}/remove/", {}, follow=True).content.decode()
    step = undo_step(page)
    eve = Client()
    eve.force_login(get_user_model().objects.create_user("eve"))
    for client, sent in ((eve, step), (member, step[:-1]), (member, "")):
        answer = client.post("/undo/", {"step": sent}, headers=HTMX)
        assert answer.status_code == 422
        assert answer.content.decode() == "This can no longer be undone."
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4_000_000_000)
    assert member.post("/undo/", {"step": step}, headers=HTMX).status_code == 422
    monkeypatch.undo()
    rainy.delete()
    assert member.post("/undo/", {"step": step}, headers=HTMX).status_code == 422


def test_the_dialog_shows_and_changes_on_which_lists_a_film_is(
    member: Client, rainy: MovieList, films: list[Movie]
) -> None:
    dialog = f"/movies/{films[0].pk}/lists/"
    inside = member.get(dialog, headers=HTMX).content.decode()
    assert "<html" not in inside
    assert 'aria-pressed="true"' in inside
    removed = post(
        member, rainy, f"{films[0].pk}/remove/", {"next": dialog}, headers=HTMX, follow=True
    )
    assert removed.redirect_chain == [(dialog, 302)]
    page = member.get(dialog).content.decode()
    assert "<html" in page, "a page of its own without scripts"
    assert 'aria-pressed="false"' in page


def test_a_member_without_lists_can_make_one_for_the_film(member: Client, amelie: Movie) -> None:
    shown = member.get(f"/movies/{amelie.pk}/lists/").content.decode()
    assert "You have no lists yet." in shown
    assert f"/lists/new/?movie={amelie.pk}" in shown
