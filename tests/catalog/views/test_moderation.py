"""Reporting pages, and a member's page of what was taken down."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import Movie, MovieList, Report, Sharing, Takedown
from catalog.services.lists import add_films, make_list
from catalog.services.moderation import lift, take_down_list, take_down_name, take_down_profile

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def rude(ada: AbstractUser, films: list[Movie]) -> MovieList:
    made = make_list(user_id=ada.pk, title="Rude words", is_public=True)
    add_films(made, [films[0].pk])
    return made


@pytest.fixture
def eve(db: None) -> Client:
    """A browser in which somebody else is logged in."""
    other = Client()
    other.force_login(get_user_model().objects.create_user("eve"))
    return other


def test_a_list_is_reported_from_its_page(eve: Client, rude: MovieList) -> None:
    address = f"/reports/list/{rude.pk}/"
    assert address in eve.get(rude.get_absolute_url()).content.decode()
    answer = eve.post(address, {"concern": "offensive", "note": "The title"}, follow=True)
    assert answer.redirect_chain[-1][0] == rude.get_absolute_url()
    assert "A moderator will look" in answer.content.decode()
    report = Report.objects.get()
    assert (report.list, report.member_id, report.note) == (rude, rude.user_id, "The title")
    again = eve.post(address, {"concern": "spam"})
    assert again.status_code == 422
    assert "reported this already" in again.content.decode()
    assert eve.post(address, {"concern": "nonsense"}).status_code == 422


def test_a_profile_is_reported_from_its_page(eve: Client, ada: AbstractUser) -> None:
    address = f"/reports/member/{ada.pk}/"
    assert eve.get(address).status_code == 404, "a private profile does not exist"
    Sharing.objects.create(user=ada, is_public=True)
    assert address in eve.get("/members/ada/").content.decode()
    assert eve.post(address, {"concern": "spam"})["Location"] == "/members/ada/"
    report = Report.objects.get()
    assert (report.list, report.member_id) == (None, ada.pk)


def test_visitors_and_the_member_have_no_button(
    client: Client, member: Client, rude: MovieList, ada: AbstractUser
) -> None:
    address = f"/reports/list/{rude.pk}/"
    for reader in (Client(), member):
        assert address not in reader.get(rude.get_absolute_url()).content.decode()
    assert Client().get(address)["Location"].startswith("/accounts/login/")
    assert member.get(address).status_code == 404


def test_what_others_do_not_see_cannot_be_reported(eve: Client, rude: MovieList) -> None:
    MovieList.objects.update(is_public=False)
    assert eve.post(f"/reports/list/{rude.pk}/", {"concern": "spam"}).status_code == 404
    MovieList.objects.update(is_public=True, taken_down=True)
    assert eve.get(f"/reports/list/{rude.pk}/").status_code == 404


def test_the_member_is_told_on_the_list_and_asks_for_a_review(
    member: Client, eve: Client, rude: MovieList
) -> None:
    takedown = take_down_list(rude, "offensive", "The title <b>insults</b>.")
    assert eve.get(rude.get_absolute_url()).status_code == 404
    for address in (rude.get_absolute_url(), f"/lists/{rude.pk}/edit/", "/lists/"):
        assert "taken down" in member.get(address).content.decode().lower().replace(
            "took this list down", "taken down"
        ), address
    page = member.get("/moderation/").content.decode()
    assert "Rude words" in page
    assert "&lt;b&gt;insults" in page
    ask = f"/moderation/{takedown.pk}/review/"
    assert eve.post(ask, {"plea": "x"}).status_code == 404
    member.post(ask, {"plea": ""})
    assert not Takedown.objects.to_review().exists()
    answer = member.post(ask, {"plea": "I changed it."}, follow=True)
    assert "A moderator will look again" in answer.content.decode()
    assert Takedown.objects.to_review().get().plea == "I changed it."


def test_the_menu_tells_as_long_as_something_is_down(member: Client, rude: MovieList) -> None:
    news = "/moderation/news/"
    assert news in member.get("/lists/").content.decode()
    assert "href" not in member.get(news).content.decode()
    takedown = take_down_list(rude, "offensive", "The title.")
    assert 'href="/moderation/"' in member.get(news).content.decode()
    lift(takedown, "Thank you.")
    assert "href" not in member.get(news).content.decode()


def test_saving_the_list_does_not_publish_it(member: Client, eve: Client, rude: MovieList) -> None:
    take_down_list(rude, "offensive", "The title.")
    member.post(f"/lists/{rude.pk}/edit/", {"title": "Kind words", "is_public": "on"})
    rude.refresh_from_db()
    assert (rude.title, rude.is_public, rude.taken_down) == ("Kind words", True, True)
    assert eve.get(rude.get_absolute_url()).status_code == 404


def test_a_profile_that_is_taken_down_does_not_exist_for_others(
    member: Client, eve: Client, ada: AbstractUser, rude: MovieList
) -> None:
    Sharing.objects.create(user=ada, is_public=True)
    take_down_profile(ada.pk, "private", "An address.")
    assert eve.get("/members/ada/").status_code == 404
    assert "a moderator took it down" in member.get("/members/ada/").content.decode()
    assert "/members/ada/" not in eve.get(rude.get_absolute_url()).content.decode()
    member.post("/accounts/profile/", {"username": "ada", "is_public": "on"})
    assert eve.get("/members/ada/").status_code == 404


def test_a_name_that_is_taken_down_is_not_taken_again(member: Client, ada: AbstractUser) -> None:
    takedown = take_down_name(ada.pk, "offensive", "An insult.")
    page = member.get("/accounts/profile/").content.decode()
    assert "A moderator took your user name down" in page
    refused = member.post("/accounts/profile/", {"username": "ada lovelace"})
    assert refused.status_code == 422
    Takedown.objects.filter(pk=takedown.pk).update(lifted_at="2026-11-29T00:00Z")
    assert member.post("/accounts/profile/", {"username": "ADA"}).status_code == 422
    assert member.post("/accounts/profile/", {"username": "augusta"}).status_code == 302
    ada.refresh_from_db()
    assert ada.username == "augusta"
