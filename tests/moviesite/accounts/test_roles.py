"""The roles: what each may do on each page of the admin, by the table in ``role_table.py``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, reverse

from moviesite.accounts.models import User
from moviesite.accounts.roles import ROLES, SUPERUSERS_ALONE, grant_roles
from tests.empty_database import empty_database
from tests.moviesite.accounts.role_table import ACTIONS, PAGES, VIEWS, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROLE_OF = dict(zip("EOMA", ROLES, strict=True))
LETTERS = (*ROLE_OF, "-")  # the last: staff without a role
TABLE = "tests/moviesite/accounts/role_table.py"
USUAL = ("changelist", "add", "change", "delete", "history")
OF_THE_SITE = {
    *("index", "login", "logout", "password_change", "password_change_done"),
    *("autocomplete", "jsi18n", "view_on_site", "app_list"),
}
SAMPLES = {"int": 0, "slug": "none", "string": "0", "path": "0"}


@pytest.fixture
def roles(db: None) -> None:
    """As after a migrate, also when an earlier test emptied all tables."""
    for role in ROLES:
        Group.objects.get_or_create(name=role.name)
    grant_roles(sender=None, apps=apps)


@pytest.fixture
def staff(roles: None) -> dict[str, User]:
    """One with each role, and one without, by letter."""
    made = {}
    for letter in LETTERS:
        user = User.objects.create_user(f"staff {letter}", is_staff=True)
        if letter in ROLE_OF:
            user.groups.add(Group.objects.get(name=ROLE_OF[letter].name))
        made[letter] = User.objects.get(pk=user.pk)
    return made


@pytest.fixture
def clients(staff: dict[str, User]) -> dict[str, Client]:
    made = {letter: Client() for letter in staff}
    for letter, client in made.items():
        client.force_login(staff[letter], BACKEND)
    return made


def pages() -> dict[str, admin.ModelAdmin]:
    return {model._meta.label_lower: one for model, one in admin.site._registry.items()}


def views() -> dict[str, URLPattern]:
    """Every named address behind /admin/ but the usual ones of a model and the site's own."""
    usual = {
        f"{model._meta.app_label}_{model._meta.model_name}_{name}"
        for model in admin.site._registry
        for name in USUAL
    }
    found = {str(one.name): one for one in patterns(admin.site.get_urls()) if one.name}
    return {name: one for name, one in found.items() if name not in usual | OF_THE_SITE}


def patterns(urls: list[Any]) -> Iterator[URLPattern]:
    for one in urls:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns)
        else:
            yield one


def asked(user: User) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def test_every_page_has_a_row() -> None:
    listed = {row[0] for row in rows(PAGES)}
    missing = sorted(set(pages()) - listed)
    assert not missing, (
        f"new admin pages: add to PAGES in {TABLE} a row for each, such as\n"
        + "\n".join(f"{page:<36} A     A    A      A" for page in missing)
        + "\nand, if a role shall work there, its rights to moviesite/accounts/roles.py"
    )
    assert sorted(listed - set(pages())) == [], f"no admin pages any more: remove from {TABLE}"


def test_every_action_of_a_list_has_a_row(staff: dict[str, User]) -> None:
    root = asked(User.objects.create_superuser("root"))
    there = {
        (name, action)
        for name, page in pages().items()
        for action in page.get_actions(root)
        if action != "delete_selected"
    }
    listed = {(row[0], row[1]) for row in rows(ACTIONS)}
    missing = sorted(there - listed)
    assert not missing, f"new actions: add to ACTIONS in {TABLE}\n" + "\n".join(
        f"{page:<36} {action:<25} A" for page, action in missing
    )
    assert sorted(listed - there) == [], f"no actions any more: remove from {TABLE}"


def test_every_further_view_has_a_row() -> None:
    listed = {row[0] for row in rows(VIEWS)}
    missing = sorted(set(views()) - listed)
    assert not missing, f"new views in the admin: add to VIEWS in {TABLE}\n" + "\n".join(
        f"{name:<36} GET     A" for name in missing
    )
    assert sorted(listed - set(views())) == [], f"no views any more: remove from {TABLE}"


def test_pages_are_open_to_whom_the_table_names(staff: dict[str, User]) -> None:
    found = {}
    for name, page in pages().items():
        cells = []
        for action in ("view", "add", "change", "delete"):
            may = getattr(page, f"has_{action}_permission")
            cells.append("".join(one for one in LETTERS if may(asked(staff[one]))) or "-")
        found[name] = cells
    assert found == {row[0]: row[1:] for row in rows(PAGES)}


def test_lists_answer_as_the_table_says(clients: dict[str, Client]) -> None:
    wrong = []
    for name, who, *_others in rows(PAGES):
        address = reverse(f"admin:{name.replace('.', '_')}_changelist")
        for letter, client in clients.items():
            status = client.get(address, follow=True).status_code
            if status != (200 if letter in who and letter != "-" else 403):
                wrong.append((name, letter, status))
    assert wrong == []


def test_actions_are_offered_to_whom_the_table_names(staff: dict[str, User]) -> None:
    listed = {(page, action): who for page, action, who in rows(ACTIONS)}
    deleting = {row[0]: row[4] for row in rows(PAGES)}
    wrong = []
    for name, page in pages().items():
        for letter, user in staff.items():
            for action in page.get_actions(asked(user)):
                who = listed.get((name, action), deleting[name])
                # Whoever may not even see the list is not offered anything on it.
                if letter not in who and page.has_view_permission(asked(user)):
                    wrong.append((name, action, letter))
    assert wrong == []


def test_views_answer_as_the_table_says(clients: dict[str, Client]) -> None:
    there, wrong = views(), []
    for name, method, who in rows(VIEWS):
        converters = there[name].pattern.converters
        values = [
            SAMPLES[type(one).__name__.removesuffix("Converter").lower()]
            for one in converters.values()
        ]
        address = reverse(f"admin:{name}", args=values)
        for letter, client in clients.items():
            answer = client.generic(method, address)
            refused = answer.status_code == 403
            if refused == (letter in who and letter != "-"):
                wrong.append((name, letter, answer.status_code))
    assert wrong == []


def test_every_right_of_a_role_exists(roles: None) -> None:
    known = {
        f"{one.content_type.app_label}.{one.codename}"
        for one in Permission.objects.select_related("content_type")
    }
    assert known >= SUPERUSERS_ALONE
    for role in ROLES:
        assert set(role.permissions or ()) <= known, role.name


@pytest.mark.django_db(transaction=True)
def test_a_migration_makes_them_whole_and_takes_them_back() -> None:
    """By ``migrate`` itself, from the version before to this one and back."""
    names = {role.name for role in ROLES}
    with empty_database():
        call_command("migrate", "accounts", "0004", verbosity=0)
        assert not Group.objects.filter(name__in=names).exists()
        call_command("migrate", "accounts", "0010", verbosity=0)
        assert set(Group.objects.values_list("name", flat=True)) == names
        for group in Group.objects.all():
            assert group.permissions.exists(), group
        assert Group.objects.get(name="Model operator").permissions.filter(
            content_type__app_label="django_celery_beat", codename="change_periodictask"
        )
        call_command("migrate", "accounts", "0004", verbosity=0)
        assert not Group.objects.filter(name__in=names).exists()


def test_a_database_of_before_gets_the_groups_and_keeps_its_own(roles: None) -> None:
    Group.objects.all().delete()
    own = Group.objects.create(name="Moderator")
    own.permissions.set(Permission.objects.filter(codename="view_movie"))
    migration = import_module("moviesite.accounts.migrations.0010_roles")
    migration.make_groups(apps, None)
    assert set(migration.NAMES) == {role.name for role in ROLES}
    own.refresh_from_db()
    assert own.name == "Moderator (own)"
    assert own.permissions.count() == 1
    grant_roles(sender=None, apps=apps)
    assert Group.objects.get(name="Moderator").permissions.filter(codename="change_report")
    assert own.permissions.count() == 1
    migration.remove_groups(apps, None)
    assert list(Group.objects.all()) == [own]
    grant_roles(sender=None, apps=apps)
    assert list(Group.objects.all()) == [own], "what was removed is not made again"


def test_an_administrator_makes_no_superuser(clients: dict[str, Client]) -> None:
    root = User.objects.create_superuser("root", "root@example.org", "secret")
    ada = User.objects.create_user("ada")
    client = clients["A"]
    address = f"/admin/accounts/user/{ada.pk}/change/"
    form = client.get(address).context["adminform"].form
    assert not {"is_superuser", "user_permissions"} & set(form.fields)
    assert "groups" in form.fields
    for path, data in (
        ("change", {"username": "x"}),
        ("password", {}),
        ("delete", {"post": "yes"}),
    ):
        answer = client.post(f"/admin/accounts/user/{root.pk}/{path}/", data)
        assert answer.status_code == 403, path
    selected = {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"}
    client.post("/admin/accounts/user/", selected)
    assert User.objects.filter(pk=root.pk).exists()
