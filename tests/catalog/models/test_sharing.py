"""What members let others see: their choices, and the defaults of those who never chose."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie, Rating, Sharing
from catalog.models.sharing import shares
from catalog.services.ratings import rate
from moviesite.accounts.models import User

CHOICES = {"is_public": False, "findable": True, "shares_ratings": True, "watch_together": True}

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace() -> AbstractUser:
    """Who chose the opposite of all defaults."""
    user = User.objects.create_user("grace")
    Sharing.objects.create(user=user, **{name: not default for name, default in CHOICES.items()})
    return user


@pytest.mark.parametrize(("choice", "default"), CHOICES.items())
def test_who_never_chose_shares_what_the_defaults_say(
    ada: AbstractUser, grace: AbstractUser, amelie: Movie, choice: str, default: bool
) -> None:
    assert getattr(Sharing.of(ada), choice) is default
    assert getattr(Sharing.of(grace), choice) is not default
    assert list(User.objects.filter(shares(choice))) == [ada if default else grace]
    for user in (ada, grace):
        rate(user_id=user.pk, movie=amelie, half_stars=9)
    of_those = Rating.objects.filter(shares(choice, user="user"))
    assert [one.user for one in of_those] == [ada if default else grace]


def test_choices_of_many_users_are_read_with_them(
    ada: AbstractUser, grace: AbstractUser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        users = list(User.objects.select_related("sharing").order_by("username"))
        assert [Sharing.of(user).is_public for user in users] == [False, True]


def test_an_administrator_changes_what_a_member_shares(
    client: Client, ada: AbstractUser, plain_static: None
) -> None:
    root = User.objects.create_superuser("root")
    client.force_login(root, "django.contrib.auth.backends.ModelBackend")
    rater = User.objects.create(username="ml-1m-1", imported=True, is_active=False)
    addresses = [f"/admin/accounts/user/{user.pk}/change/" for user in (ada, rater)]
    of_ada, of_rater = (client.get(address).context for address in addresses)
    assert not of_rater["inline_admin_formsets"], "raters share nothing"
    assert not client.get("/admin/accounts/user/add/").context["inline_admin_formsets"]
    form = of_ada["adminform"].form
    filled = {name: value for name in form.fields if (value := form[name].value())}
    filled |= {"sharing-TOTAL_FORMS": 1, "sharing-INITIAL_FORMS": 0, "sharing-0-is_public": "on"}
    answer = client.post(addresses[0], {**filled, "sharing-0-watch_together": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    assert list(Sharing.objects.values()) == [
        {
            "user_id": ada.pk,
            "is_public": True,
            "findable": False,
            "shares_ratings": False,
            "watch_together": True,
            "shown_to_operators": False,
            "taken_down": False,
        }
    ]
