"""What migrations make of the data of the version before."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

from moviesite.accounts.models import SignUp, SignUpPolicy
from tests.empty_database import empty_database

BEFORE = [("accounts", "0003_switches_for_friends"), ("catalog", "0006_titles_as_read")]
AFTER = [("accounts", "0004_sharing"), ("catalog", "0007_sharing")]
CHOICES = ("is_public", "findable", "shares_ratings", "watch_together")
CHOSEN = {"ada": (True, False, True, False), "eve": (False, True, False, True)}
NOT_CHOSEN = {"kim": (False, True, True, True)}  # signed up later: the defaults
ALL = {**CHOSEN, "ml-1m-1": (False, False, False, False)}

pytestmark = pytest.mark.django_db(transaction=True)


def migrated(targets: list[tuple[str, str]]) -> Apps:
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before() -> Iterator[Apps]:
    """The models of the version before; afterwards the tables are those of today again.

    This alone takes today's tables back: those of the recommender, too.
    """
    yield migrated([*BEFORE, ("recommender", "0005_departures")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def rows(model: Any, key: str) -> dict[str, tuple[bool, ...]]:
    return {name: tuple(choices) for name, *choices in model.objects.values_list(key, *CHOICES)}


def test_choices_go_to_the_catalog_and_come_back(before: Apps) -> None:
    for name, choices in ALL.items():
        imported = name not in CHOSEN
        before.get_model("accounts", "User").objects.create(
            username=name,
            imported=imported,
            is_active=not imported,
            **dict(zip(CHOICES, choices, strict=True)),
        )
    for new in ({}, NOT_CHOSEN):
        now = migrated(AFTER)
        assert rows(now.get_model("catalog", "Sharing"), "user__username") == CHOSEN
        for name in new:
            now.get_model("accounts", "User").objects.create(username=name)
        again = migrated(BEFORE)
        assert rows(again.get_model("accounts", "User"), "username") == {**ALL, **new}


@pytest.mark.parametrize(
    ("sign_up", "linked"),
    [("open", {"header": "header"}), ("closed", {"header": "header", "own": "own"})],
)
def test_accounts_that_nobody_signed_up_for_are_linked_to_the_proxy(
    settings: Settings, sign_up: str, linked: dict[str, str]
) -> None:
    settings.REMOTE_USER_META = "HTTP_REMOTE_USER"
    with empty_database():
        old = migrated([("accounts", "0017_audit_of_datasets")])
        users = old.get_model("accounts", "User").objects
        users.create(username="header", password=make_password(None))
        users.create(username="own", password="argon2$one")
        users.create(username="ml-1", password="!", imported=True, is_active=False)
        old.get_model("accounts", "Door").objects.create(sign_up=sign_up)
        now = migrated([("accounts", "0018_proxy_name")]).get_model("accounts", "User")
        names = dict(now.objects.exclude(proxy_name=None).values_list("username", "proxy_name"))
        assert names == linked


def test_the_door_becomes_the_sign_up_policy() -> None:
    """
    GIVEN a site of the release before, where a group of its own might see and change the door
    WHEN it is upgraded
    THEN who may sign up is as it was, and the group may do what it might, and so on the way back
    """

    def rights() -> set[str]:
        return {
            f"{one.content_type.model}.{one.codename}: {one.name}"
            for one in Permission.objects.filter(group__name="Hosts")
        }

    before = {"door.view_door: Can view door", "door.change_door: Can change door"}
    after = {
        "signuppolicy.view_signuppolicy: Can view sign-up policy",
        "signuppolicy.change_signuppolicy: Can change sign-up policy",
    }
    with empty_database():
        call_command("migrate", "accounts", "0019", verbosity=0)
        old = MigrationExecutor(connection).loader.project_state(
            [("accounts", "0019_audit_of_sessions")]
        )
        old.apps.get_model("accounts", "Door").objects.create(sign_up="invitation")
        hosts = Group.objects.create(name="Hosts")
        hosts.permissions.set(Permission.objects.filter(codename__in=("view_door", "change_door")))
        assert rights() == before
        call_command("migrate", "accounts", verbosity=0)
        assert rights() == after
        assert SignUpPolicy.current().sign_up == SignUp.INVITATION
        assert not Permission.objects.filter(codename__endswith="_door").exists()
        call_command("migrate", "accounts", "0020", verbosity=0)
        call_command("migrate", "accounts", verbosity=0)
        assert rights() == after
        call_command("migrate", "accounts", "0019", verbosity=0)
        assert rights() == before
