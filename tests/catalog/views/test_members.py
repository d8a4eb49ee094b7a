"""Profiles: what is on a public one, and that a private one is as if it were not there."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie, MovieList, MovieListEntry, Sharing
from catalog.services.friends import accept, ask, block
from catalog.services.ratings import rate

pytestmark = pytest.mark.usefixtures("plain_static")

ADDRESS = "/members/grace/"


@pytest.fixture
def grace(films: list[Movie]) -> AbstractUser:
    """A public profile with ratings and lists."""
    user: AbstractUser = get_user_model().objects.create_user("grace", "grace@matinee.example")
    Sharing.objects.create(user=user, is_public=True)
    for n, movie in enumerate(films[:12]):
        rate(user_id=user.pk, movie=movie, half_stars=1 + n % 10)
    for title, is_public in (("For rainy days", True), ("My secret", False)):
        made = MovieList.objects.create(user=user, title=title, is_public=is_public)
        MovieListEntry.objects.create(list=made, movie=films[0], position=0)
    return user


def test_a_public_profile(client: Client, grace: AbstractUser, films: list[Movie]) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    context, shown = answer.context, answer.content.decode()
    assert context["histogram"].total == 12
    assert [(one.movie, one.stars) for one in context["favourites"]] == [
        (films[9], 5.0),
        (films[8], 4.5),
        (films[7], 4.0),
    ]
    assert [one.movie for one in context["recent"]] == films[11::-1]
    assert [made.title for made, _ in context["lists"]] == ["For rainy days"]
    assert "My secret" not in shown
    assert "matinee.example" not in shown
    assert 'name="robots" content="noindex"' in shown
    assert "Send a friend request" not in shown, "a visitor cannot"


def gone(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 404 and b"grace" not in answer.content


def test_a_private_profile_is_as_one_that_is_not_there(
    member: Client, ada: AbstractUser, grace: AbstractUser
) -> None:
    Sharing.objects.filter(user=grace).update(is_public=False)
    ask(ada.pk, grace.pk)
    accept(grace.pk, ada.pk)
    assert gone(member, ADDRESS), "not even for friends"
    assert gone(Client(), ADDRESS)
    assert gone(member, "/members/nobody/")
    assert gone(member, "/members/Grace/")


@pytest.mark.parametrize("values", [{"is_active": False}, {"is_active": False, "imported": True}])
def test_deactivated_members_and_raters_of_datasets_have_none(
    client: Client, grace: AbstractUser, values: dict[str, bool]
) -> None:
    get_user_model().objects.filter(pk=grace.pk).update(**values)
    assert gone(client, ADDRESS)


def test_the_blocked_one_sees_nothing(
    member: Client, ada: AbstractUser, grace: AbstractUser
) -> None:
    block(grace.pk, ada.pk)
    assert gone(member, ADDRESS)
    assert Client().get(ADDRESS).status_code == 200


def test_who_blocks_sees_the_way_back(
    member: Client, ada: AbstractUser, grace: AbstractUser
) -> None:
    block(ada.pk, grace.pk)
    assert "Unblock" in member.get(ADDRESS).content.decode()


def test_ones_own_page_says_who_sees_it(member: Client, ada: AbstractUser) -> None:
    shown = member.get("/members/ada/").content.decode()
    assert "Only you can see this page" in shown
    assert "Send a friend request" not in shown
    Sharing.objects.create(user=ada, is_public=True)
    assert "Everybody can see this page" in member.get("/members/ada/").content.decode()


def test_the_button_asks(member: Client, ada: AbstractUser, grace: AbstractUser) -> None:
    assert "Send a friend request" in member.get(ADDRESS).content.decode()
    answer = member.post(f"/friends/{grace.pk}/ask/", follow=True, headers={"Referer": ADDRESS})
    assert "You sent grace a friend request" in answer.content.decode()
    assert "Withdraw the request" in member.get(ADDRESS).content.decode()
    accept(grace.pk, ada.pk)
    assert "Remove friend" in member.get(ADDRESS).content.decode()


def test_who_cannot_be_found_has_no_button(member: Client, grace: AbstractUser) -> None:
    Sharing.objects.filter(user=grace).update(findable=False)
    assert "Send a friend request" not in member.get(ADDRESS).content.decode()
    refused = member.post(f"/friends/{grace.pk}/ask/", follow=True)
    assert "No member by that name accepts friend requests" in refused.content.decode()


def test_taste_in_common_is_honest_with_few(
    member: Client, ada: AbstractUser, grace: AbstractUser, films: list[Movie]
) -> None:
    assert "not rated the same film yet" in member.get(ADDRESS).content.decode()
    for n, movie in enumerate(films[:3]):
        rate(user_id=ada.pk, movie=movie, half_stars=1 + n)
    shown = member.get(ADDRESS).content.decode()
    assert "too few to say" in shown
    assert "correlate" not in shown
    for n, movie in enumerate(films[:12]):
        rate(user_id=ada.pk, movie=movie, half_stars=1 + n % 10)
    answer = member.get(ADDRESS)
    assert answer.context["shared"].near == 12
    assert "correlation of <strong>1.00</strong>" in answer.content.decode()
    assert answer.context["loved"][0] == films[9]


def test_queries_do_not_grow_with_what_there_is(
    member: Client,
    grace: AbstractUser,
    films: list[Movie],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(4):
        made = MovieList.objects.create(user=grace, title=f"List {n}", is_public=True)
        MovieListEntry.objects.create(list=made, movie=films[n], position=0)
    member.get(ADDRESS)  # fills the caches of sessions and credits
    # user; member; histogram; lists, covers and their genres; friendship, block; films in common;
    # favourites, their films, genres; rated last, its films, genres
    with django_assert_max_num_queries(15):
        member.get(ADDRESS)
