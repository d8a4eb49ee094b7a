"""An address for each page outside the administration, from the URL resolver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Model
from django.urls import get_resolver, reverse

from catalog.models import Movie, MovieNight, Person, Takedown
from moviesite.accounts.models import Invitation
from tests.browser.whole_site import YEAR, WholeSite
from tests.fuzz.test_addresses import OF_MEMBERS, TEXTS, routes
from tests.fuzz.test_intruders import OWNED

# What answers no page to anybody here: it leads on to another address, is asked with a parameter
# (see FURTHER), is for programs, or needs a log-in of another site or a key in the hand.
NO_PAGE = {
    *(f"catalog:{thing}-by-number" for thing in ("movie", "person", "list")),
    *("catalog:share", "catalog:diary-new", "catalog:finish", "set_language", "favicon", "invited"),
    *("second-factor", "account_confirm_login_code", "socialaccount_signup", "metrics"),
    *("openid_connect_login", "openid_connect_callback", "mfa_login_webauthn"),
    *("catalog:notice-feed", "catalog:release-feed"),
}
# Reads a passkey's credential, and that of the test is a name without one.
LEFT_OUT = {"mfa_reauthenticate_webauthn"}

Named = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """Of the site: ``names`` of its addresses with their parameters, ``further`` ones by reader."""

    names: Callable[[], Iterator[Named]]
    address: Callable[[str, tuple[str, ...], WholeSite], str]
    further: dict[str, tuple[str, ...]]
    no_page: set[str]


def named_routes() -> Iterator[Named]:
    for name, _route, keys in routes(get_resolver()):
        if name not in LEFT_OUT and (not name.startswith("api-v1:") or name.endswith("-view")):
            yield name, keys


def address(name: str, keys: tuple[str, ...], whole: WholeSite) -> str:
    thing = _thing(name, whole)
    if name == "catalog:person":
        return thing.get_absolute_url()  # type: ignore[attr-defined, no-any-return]
    texts: dict[str, object] = {
        **TEXTS,
        "code": whole.parts[MovieNight].code,  # type: ignore[attr-defined]
        "year": YEAR,
        "username": whole.member.get_username(),
        "token": whole.parts[Invitation].token,  # type: ignore[attr-defined]
        "key": "top-picks",
        "provider_id": "none",
        "movie_pk": whole.site.world.even[0],
        "slug": getattr(thing, "slug", "any"),
    }
    return reverse(name, kwargs={key: texts.get(key, thing.pk) for key in keys})


def _thing(name: str, whole: WholeSite) -> Model:
    """What the address is about: something of the member's, or a film."""
    if name in OF_MEMBERS:
        return whole.friend
    kind = Person if name.startswith("catalog:person") else OWNED.get(name, Movie)
    if kind in whole.parts:
        return whole.parts[kind]
    owner = "member" if kind is Takedown else "user"
    whose = whole.root if kind is Authenticator else whole.member
    return kind._base_manager.filter(**{owner: whose}).order_by("-pk")[0]


# Beside what is walked as the first of the people who gets a page from it.
FURTHER = {
    "visitor": (
        "/",
        "/movies/{film}/",
        "/watch-next/",
        "/no-such-page/",
        "/movies/?q=Film&genre=comedy&year_from=1960",
        "/movies/?q=nothing+of+this+name",
    ),
    "member": ("/import/{job}/?show=conflict", "/import/{job}/?show=unmatched", "/ratings/?q=none"),
}
SITE = Part(named_routes, address, FURTHER, NO_PAGE)
