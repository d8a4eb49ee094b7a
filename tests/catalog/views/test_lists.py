"""The pages of lists: making, reading, changing, deleting; who may see what."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie, MovieList
from catalog.services.lists import add_films, make_list

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def rainy(ada: AbstractUser, films: list[Movie]) -> MovieList:
    made = make_list(user_id=ada.pk, title="Rainy days", description="Tea <b>and</b> films")
    add_films(made, [movie.pk for movie in films[:6]])
    return made


@pytest.fixture
def eve(db: None) -> Client:
    """A browser in which somebody else is logged in."""
    other = Client()
    other.force_login(get_user_model().objects.create_user("eve"))
    return other


def publish(films: MovieList) -> None:
    MovieList.objects.filter(pk=films.pk).update(is_public=True)


def test_a_list_is_made(member: Client, ada: AbstractUser) -> None:
    answer = member.post("/lists/new/", {"title": " Best of 1994 ", "description": "", "x": "y"})
    made = MovieList.objects.get()
    assert answer["Location"] == f"/lists/{made.pk}/edit/"
    assert (made.user_id, made.title, made.is_public) == (ada.pk, "Best of 1994", False)
    assert "The list “Best of 1994” was created" in member.get(answer["Location"]).content.decode()


def test_a_list_is_made_for_a_film(member: Client, amelie: Movie) -> None:
    page = f"/lists/new/?movie={amelie.pk}"
    assert "Amélie will be its first film." in member.get(page).content.decode()
    answer = member.post(page, {"title": "Paris", "is_public": "on"})
    made = MovieList.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert list(made.movies.all()) == [amelie]
    assert member.get("/lists/new/?movie=99999999999999999999").status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "  "}, "This field is required"),
        ({"title": "x" * 101}, "at most 100 characters"),
        ({"title": "x", "description": "x" * 2001}, "at most 2000 characters"),
        ({"title": "a\x00b"}, "That was no request of ours"),
    ],
)
def test_what_a_list_cannot_be_called(member: Client, fields: dict[str, str], said: str) -> None:
    answer = member.post("/lists/new/", fields)
    assert said in answer.content.decode()
    assert not MovieList.objects.exists()


def test_one_list_too_many(member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MovieList, "MOST_PER_MEMBER", 1)
    member.post("/lists/new/", {"title": "one"})
    answer = member.post("/lists/new/", {"title": "two"})
    assert "You have reached the limit of 1 lists" in answer.content.decode()
    assert MovieList.objects.count() == 1


def test_a_private_list_is_its_owners_alone(
    client: Client, eve: Client, ada: AbstractUser, rainy: MovieList
) -> None:
    address = rainy.get_absolute_url()
    for other in (client, eve):
        assert other.get(address).status_code == 404
        for short in (f"/lists/{rainy.pk}-wrong/", f"/lists/{rainy.pk}/"):
            assert other.get(short).status_code == 404, "nor its name told"
    client.force_login(ada)
    shown = client.get(address).content.decode()
    assert "Your list, private" in shown
    assert "Tea &lt;b&gt;and&lt;/b&gt; films" in shown


def test_a_public_list_is_for_everybody(client: Client, eve: Client, rainy: MovieList) -> None:
    publish(rainy)
    for other in (client, eve):
        answer = other.get(rainy.get_absolute_url())
        shown = answer.content.decode()
        assert "A list by ada" in shown
        assert [entry.movie.title for entry in answer.context["page"]] == [
            f"Film {n:02}" for n in range(6)
        ]
        assert "/edit/" not in shown
    for short in (f"/lists/{rainy.pk}-an-older-name/", f"/lists/{rainy.pk}/"):
        assert client.get(short)["Location"] == rainy.get_absolute_url()


@pytest.mark.parametrize("page", ["edit", "delete"])
def test_only_the_owner_changes_a_list(
    client: Client, eve: Client, rainy: MovieList, page: str
) -> None:
    publish(rainy)
    address = f"/lists/{rainy.pk}/{page}/"
    assert eve.get(address).status_code == 404
    assert eve.post(address, {"title": "mine now"}).status_code == 404
    assert "/accounts/login/" in client.post(address, {"title": "mine now"})["Location"]
    rainy.refresh_from_db()
    assert rainy.title == "Rainy days"


def test_it_leads_to_what_to_watch_next(client: Client, rainy: MovieList) -> None:
    publish(rainy)
    shown = client.get(rainy.get_absolute_url()).content.decode()
    link = re.search(r'href="/watch-next/\?([^"]+)"', shown)
    assert link
    named = [int(key) for key in re.findall(r"movie=(\d+)", link[1])]
    first_last = list(rainy.entries.values_list("movie_id", flat=True))[::-1]
    assert named == first_last, "the list's first film counts as the one seen last"
    empty = make_list(user_id=rainy.user_id, title="Empty", is_public=True)
    assert "/watch-next/?" not in client.get(empty.get_absolute_url()).content.decode()


def test_words_are_changed(member: Client, rainy: MovieList) -> None:
    page = f"/lists/{rainy.pk}/edit/"
    before = rainy.updated_at
    answer = member.post(page, {"title": "Grey days", "description": "", "is_public": "on"})
    assert answer["Location"] == page
    rainy.refresh_from_db()
    assert (rainy.title, rainy.is_public) == ("Grey days", True)
    assert rainy.updated_at > before
    shown = member.post(page, {"title": ""}).content.decode()
    assert "<h1>Grey days</h1>" in shown, "what was refused is not its title"


def test_deleting_asks_first(member: Client, rainy: MovieList) -> None:
    page = f"/lists/{rainy.pk}/delete/"
    assert "its 6 films" in member.get(page).content.decode()
    assert MovieList.objects.exists()
    assert member.post(page)["Location"] == "/lists/"
    assert not MovieList.objects.exists()
    assert Movie.objects.count() == 60


def test_ones_own_lists_with_their_first_films(
    member: Client, rainy: MovieList, films: list[Movie]
) -> None:
    newer = make_list(user_id=rainy.user_id, title="Newer")
    strange = get_user_model().objects.create_user("eve")
    make_list(user_id=strange.pk, title="Not ada's", is_public=True)
    shown = member.get("/lists/").context["lists"]
    assert [(one.title, one.size, covers) for one, covers in shown] == [
        ("Newer", 0, []),
        ("Rainy days", 6, films[:5]),
    ]
    assert shown[0][0] == newer


def test_a_member_without_lists_is_invited(member: Client) -> None:
    assert "No list yet" in member.get("/lists/").content.decode()


@pytest.mark.parametrize("which", ["mine", "list", "edit", "film"])
def test_queries_do_not_grow_with_the_list(
    member: Client,
    rainy: MovieList,
    films: list[Movie],
    which: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    address, queries = {
        # user; count; lists; first films; genres
        "mine": ("/lists/", 5),
        # user; list with owner; services; watch next; count; entries; films with marks; genres
        "list": (rainy.get_absolute_url(), 8),
        # user; list; count; entries with films; genres
        "edit": (reverse("catalog:list-edit", args=[rainy.pk]), 5),
        # user; film; genres; lists
        "film": (reverse("catalog:film-lists", args=[films[0].pk]), 4),
    }[which]
    member.get(address)  # fills the caches of sessions and credits
    with django_assert_num_queries(queries):
        member.get(address)
    add_films(rainy, [movie.pk for movie in films])
    for number in range(12):
        made = make_list(user_id=rainy.user_id, title=f"List {number}")
        add_films(made, [movie.pk for movie in films[number : number + 7]])
    with django_assert_num_queries(queries):
        member.get(address)
