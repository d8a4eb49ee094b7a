"""The page of friends, what its buttons do, and what the film page tells of friends."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Block, Friendship, Movie, Sharing
from catalog.queries.members import Standing, standing_of
from catalog.services.friends import ACTIONS, accept, ask, block
from catalog.services.ratings import rate

pytestmark = pytest.mark.usefixtures("plain_static")


def made(name: str, **choices: bool) -> AbstractUser:
    user: AbstractUser = get_user_model().objects.create_user(name)
    if choices:
        Sharing.objects.create(user=user, **choices)
    return user


@pytest.fixture
def grace(db: None) -> AbstractUser:
    return made("grace")


def befriend(one: AbstractUser, other: AbstractUser) -> None:
    ask(one.pk, other.pk)
    accept(other.pk, one.pk)


def press(client: Client, other: AbstractUser, action: str) -> str:
    """Press a button of the page; returns what the next page says."""
    answer = client.post(f"/friends/{other.pk}/{action}/", follow=True)
    assert answer.status_code == 200
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.mark.parametrize("address", ["/friends/", "/friends/waiting/"])
def test_visitors_are_sent_to_log_in(client: Client, db: None, address: str) -> None:
    assert client.get(address)["Location"].startswith("/accounts/login/")


def test_visitors_change_nothing(client: Client, ada: AbstractUser, grace: AbstractUser) -> None:
    for action in ACTIONS:
        assert client.post(f"/friends/{grace.pk}/{action}/").status_code == 302
    assert not Friendship.objects.exists()
    assert not Block.objects.exists()


def test_only_posts_change_something(member: Client, grace: AbstractUser) -> None:
    assert member.get(f"/friends/{grace.pk}/ask/").status_code == 405
    assert member.get("/friends/ask/").status_code == 405
    assert member.post(f"/friends/{grace.pk}/marry/").status_code == 404


def test_asking_by_name_and_accepting(
    member: Client, ada: AbstractUser, grace: AbstractUser, client: Client
) -> None:
    answer = member.post("/friends/ask/", {"name": "grace"}, follow=True)
    assert "You sent grace a friend request" in answer.content.decode()
    assert [other for other, _ in answer.context["asked"]] == [grace]
    hers = Client()
    hers.force_login(grace)
    assert "1" in hers.get("/friends/waiting/").content.decode()
    assert "Friend requests" in hers.get("/friends/").content.decode()
    assert press(hers, ada, "accept") == "You and ada are now friends"
    assert [other for other, _ in hers.get("/friends/").context["friends"]] == [ada]
    assert hers.get("/friends/waiting/").content.strip() == b""
    assert press(member, grace, "remove") == "You and grace are no longer friends"
    assert not Friendship.objects.exists()


def test_a_request_is_refused_or_withdrawn(
    member: Client, ada: AbstractUser, grace: AbstractUser
) -> None:
    ask(grace.pk, ada.pk)
    press(member, grace, "refuse")
    assert standing_of(ada.pk, grace.pk) is Standing.NONE
    assert press(member, grace, "accept").startswith("No member by that name")
    ask(ada.pk, grace.pk)
    press(member, grace, "withdraw")
    assert standing_of(ada.pk, grace.pk) is Standing.NONE


def test_nobody_accepts_their_own_request(
    member: Client, ada: AbstractUser, grace: AbstractUser
) -> None:
    ask(ada.pk, grace.pk)
    assert press(member, grace, "accept") == "That request no longer exists."
    assert standing_of(ada.pk, grace.pk) is Standing.ASKED


def test_strangers_are_out_of_reach_and_not_named(member: Client, grace: AbstractUser) -> None:
    """Trying the keys of members tells neither their names nor that they exist."""
    nobody = get_user_model()(pk=grace.pk + 1000)
    for action in ACTIONS:
        there, missing = press(member, grace, action), press(member, nobody, action)
        assert there == missing
        assert "grace" not in there
    assert not Friendship.objects.exists()
    assert not Block.objects.exists()


def test_the_blocked_one_finds_nobody(
    member: Client, ada: AbstractUser, grace: AbstractUser
) -> None:
    befriend(ada, grace)
    assert press(member, grace, "block") == "grace is blocked"
    hers = Client()
    hers.force_login(grace)
    answer = hers.post("/friends/ask/", {"name": "ada"}, follow=True)
    assert "No member by that name accepts friend requests" in answer.content.decode()
    assert "ada" not in [other.username for other, _ in answer.context["friends"]]
    assert [one.blocked for one in member.get("/friends/").context["blocks"]] == [grace]
    press(member, grace, "unblock")
    assert not Block.objects.exists()


def test_a_film_says_what_friends_gave_it(
    member: Client, ada: AbstractUser, grace: AbstractUser, films: list[Movie]
) -> None:
    shy, stranger, gone = made("shy", shares_ratings=False), made("stranger"), made("gone")
    asked, blocked = made("asked"), made("blocked")
    for other in (grace, shy, gone, blocked):
        befriend(other, ada)
    ask(ada.pk, asked.pk)
    block(blocked.pk, ada.pk)
    get_user_model().objects.filter(pk=gone.pk).update(is_active=False)
    for other in (grace, shy, stranger, gone, asked, blocked):
        rate(user_id=other.pk, movie=films[3], half_stars=9)
    rate(user_id=grace.pk, movie=films[4], half_stars=2)
    answer = member.get(films[3].get_absolute_url())
    assert [(one.user, one.stars) for one in answer.context["of_friends"]] == [(grace, 4.5)]
    assert "Friends who rated this" in answer.content.decode()
    assert "/members/grace/" not in answer.content.decode(), "her profile is private"
    assert "Friends who rated" not in member.get(films[5].get_absolute_url()).content.decode()
    assert Client().get(films[3].get_absolute_url()).context["of_friends"] == []
    hers = Client()
    hers.force_login(stranger)
    assert hers.get(films[3].get_absolute_url()).context["of_friends"] == []


def test_queries_do_not_grow_with_friends(
    member: Client,
    ada: AbstractUser,
    films: list[Movie],
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(5):
        other = made(f"friend-{n}", is_public=True)
        befriend(ada, other)
        rate(user_id=other.pk, movie=films[0], half_stars=6)
        ask(made(f"asking-{n}").pk, ada.pk)
        block(ada.pk, made(f"blocked-{n}").pk)
    member.get("/friends/")  # fills the caches of sessions and credits
    with django_assert_num_queries(4):  # user; friendships; blocks; what the user shares
        member.get("/friends/")
    # user; film, genres, companies, countries, languages; histogram; friends; diary; words,
    # releases, offers and origins; cast and crew; six for what is predicted, and what is alike;
    # once a second the live versions
    with django_assert_max_num_queries(22):
        assert len(member.get(films[0].get_absolute_url()).context["of_friends"]) == 5
