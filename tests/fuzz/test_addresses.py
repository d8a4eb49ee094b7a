"""What each address outside the administration answers to whom, by method: one generated table.

The table is ``address_table.txt`` beside this file. A new address fails until it has a row: the
failure prints the rows as they are now, to be read and then written down. What stands behind
/admin/ is in ``tests/moviesite/accounts/role_table.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from catalog.models import MovieList
from tests.fuzz.test_intruders import COMMON, OWNED, idas
from tests.recommender.world import World

__all__ = ["idas"]

TABLE = Path(__file__).with_name("address_table.txt")
ROLES = ("visitor", "member", "owner", "staff", "superuser")
METHODS = ("GET", "POST", "PUT", "DELETE")
HEAD = f"address ({' '.join(METHODS)} for each)"
# Of addresses that are nobody's: what stands for a film, a person, and for what is unknown here.
TEXTS = {
    "action": "ask",
    "code": "unknown",
    "hash": "0",
    "key": "unknown",
    "month": "2026-01",
    "path": "unknown.jpg",
    "size": "card",
    "slug": "any",
    "token": "unknown",
    "uidb36": "1",
    "username": "ida",
    "year": 2026,
}

# Reads the owner's passkey, and Ida's is a name without a key.
LEFT_OUT = "accounts/2fa/webauthn/reauthenticate/"
OF_MEMBERS = {"catalog:friend", "catalog:report-member"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


def routes(
    resolver: URLResolver, before: tuple[str, ...] = (), route: str = "", keys: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, route and parameters of each address outside the administration."""
    for one in resolver.url_patterns:
        here = f"{route}{one.pattern}"
        own = getattr(one.pattern, "converters", None) or one.pattern.regex.groupindex
        inside = (*keys, *own)
        if isinstance(one, URLResolver):
            names = (*before, one.namespace) if one.namespace else before
            if one.namespace != "admin":
                yield from routes(one, names, here, inside)
        elif one.name:
            yield ":".join([*before, one.name]), here, inside


def places(world: World, things: dict[type[Model], Model]) -> dict[str, str]:
    """An address for each route; where something is somebody's, it is Ida's."""
    found = {}
    ida = things[MovieList].user  # type: ignore[attr-defined]
    for name, route, keys in routes(get_resolver()):
        if route == LEFT_OUT:
            continue
        thing = things[OWNED[name]].pk if name in OWNED else world.even[0]
        if name in OF_MEMBERS:
            thing = ida.pk
        films = dict.fromkeys(COMMON - {"year"}, world.even[0])
        found[route] = reverse(
            name, kwargs={key: {**TEXTS, **films}.get(key, thing) for key in keys}
        )
    return found


@pytest.fixture
def clients(world: World, idas: dict[type[Model], Model]) -> dict[str, Client]:
    """In the order of the roles."""
    world.publish()
    ida = idas[MovieList].user  # type: ignore[attr-defined]
    eve, mod, root = (world.member(name) for name in ("eve", "mod", "root"))
    mod.is_staff = root.is_staff = root.is_superuser = True
    made = {}
    for role, user in zip(ROLES, (None, eve, ida, mod, root), strict=True):
        made[role] = Client(raise_request_exception=False)
        if user is not None:
            user.save()
            made[role].force_login(user, "django.contrib.auth.backends.ModelBackend")
    return made


def status(client: Client, method: str, place: str) -> str:
    """Of a request without anything in it; what it did is taken back."""
    cookies = SimpleCookie({name: one.value for name, one in client.cookies.items()})
    cache.clear()
    with transaction.atomic():
        answer = client.generic(method, place)
        transaction.set_rollback(True)
    client.cookies = cookies
    return str(answer.status_code)


def test_each_address_answers_each_role_and_method_as_the_table_says(
    clients: dict[str, Client], world: World, idas: dict[type[Model], Model]
) -> None:
    told = [HEAD + " | " + " | ".join(ROLES)]
    for route, place in sorted(places(world, idas).items()):
        cells = [
            " ".join(status(clients[role], method, place) for method in METHODS) for role in ROLES
        ]
        told.append(" | ".join([route or "(home)", *cells]))
    wanted = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    wrong = [line for line in told if line not in wanted]
    gone = [line for line in wanted if line not in told]
    differs = [*wrong, *gone]
    assert not differs, "\n".join(["as it is:", *wrong, "as the table has it:", *gone])


def test_no_address_fails_and_visitors_change_nothing() -> None:
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        route, *cells = line.split(" | ")
        assert "500" not in line, route
        assert all(len(cell.split()) == len(METHODS) for cell in cells), route
