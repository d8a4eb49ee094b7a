"""A member with something in every part of the site, and pages without collected static files."""

from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from catalog.models import (
    Block,
    DiaryEntry,
    FilmRequest,
    Friendship,
    HiddenMovie,
    HookAddress,
    HookDelivery,
    Link,
    MemberImport,
    Movie,
    MovieList,
    MovieListEntry,
    Notice,
    NoticeChoices,
    Provider,
    Report,
    SeenMovie,
    ServerAccount,
    Sharing,
    StreamingChoice,
    Takedown,
    WatchEvent,
    WatchlistEntry,
    WatchSync,
)
from catalog.services.ratings import rate
from moviesite.accounts.models import QuickPin, User
from moviesite.accounts.tokens import create_token
from recommender.models import HomeVisit, Preferences, TonightAnswer
from tests.recommender.world import World

PASSWORD = "a-long-and-calm-evening-42"


@pytest.fixture
def ida(world: World, settings: Any) -> User:
    """``Ida-Marker``, who appears in every table that has members."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    user = User.objects.create_user("Ida-Marker", "ida-marker@matinee.example", PASSWORD)
    fill(user, world)
    return user


def fill(user: User, world: World) -> None:
    """One row or more in each part of what the site knows about ``user``."""
    movies = world.movies
    for movie, half_stars in zip(movies[:3], (9, 1, 6), strict=True):
        rate(user_id=user.pk, movie=movie, half_stars=half_stars)
    WatchlistEntry.objects.create(user=user, movie=movies[5])
    HiddenMovie.objects.create(user=user, movie=movies[6])
    SeenMovie.objects.create(user=user, movie=movies[9], watched_on=date(2026, 10, 31))
    SeenMovie.objects.create(user=user, movie=movies[10])
    DiaryEntry.objects.create(
        user=user, movie=movies[0], watched_on=date(2026, 11, 1), half_stars=9, note="Wept."
    )
    favourites = MovieList.objects.create(user=user, title="Favourites", is_public=True)
    for position, movie in enumerate(reversed(movies[7:9])):
        MovieListEntry.objects.create(list=favourites, movie=movie, position=position)
    job = MemberImport.objects.create(
        user=user, source="letterboxd", file_name=f"{user.username}.zip", state="applied"
    )
    job.pieces.create(number=0, content=b"Date")
    job.lists.create(number=0, title="Later")
    about = {"file": "lists/later.csv", "outcome": "waiting", "title": "Rare", "folded": "rare"}
    job.rows.create(position=0, line=1, kind="rating", half_stars=7, year=1999, **about)
    job.rows.create(position=1, line=2, kind="list", list_number=0, place=0, note="-1", **about)
    Preferences.objects.create(
        user=user,
        include_genres=[world.genres[1].pk, world.genres[0].pk],
        languages=["en", "fr"],
        year_from=1960,
    )
    Notice.objects.create(user=user, kind="import-done", key="import-0", subject="diary.csv")
    NoticeChoices.objects.create(user=user, mailed=["import-done"])
    netflix, _made = Provider.objects.get_or_create(tmdb_id=8, name="Netflix")
    StreamingChoice.objects.create(user=user, country="US", providers=[netflix.pk])
    TonightAnswer.objects.create(user=user, movie=movies[11], taken=True, weekend=False)
    HomeVisit.objects.create(user=user, latest=timezone.now())
    asked, asking, blocked = (
        User.objects.create_user(f"{name}-{user.pk}") for name in ("asked", "asking", "blocked")
    )
    Friendship.objects.create(sender=user, receiver=asked)
    Friendship.objects.create(sender=asking, receiver=user, accepted_at=timezone.now())
    Block.objects.create(blocker=user, blocked=blocked)
    Sharing.objects.create(user=user, watch_together=False)
    FilmRequest.objects.create(user=user, tmdb_id=438631, title="Dune")
    Report.objects.create(reporter=user, member=asked, concern="spam", note="Sells tea.")
    Report.objects.create(reporter=asked, member=user, list=favourites, concern="other")
    Takedown.objects.create(
        part="name", member=user, concern="spam", explanation="No.", former_name=user.username
    )
    HookAddress.objects.create(user=user, token_hash=f"hash of {user.pk}", account=user.username)
    ServerAccount.objects.create(server="plex", account=user.username, user=user)
    sync = WatchSync.objects.create(user=user, server="plex", state="applied")
    watched = WatchEvent.objects.create(
        user=user, sync=sync, server="plex", key="key", item="item", movie=movies[9], title="Nine"
    )
    HookDelivery.objects.create(user=user, server="plex", title="Nine", event=watched)
    create_token(user, "Ida's script")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="oidc", uid=f"sub of {user.pk}")
    QuickPin.objects.create(user=user, pin_hash="hash")


@pytest.fixture
def client(ida: User, plain_static: None) -> Client:
    """Logged in; a passkey is there as well, but came later."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": ida.username, "password": PASSWORD})
    assert answer.status_code == 302
    assert UserSession.objects.filter(user=ida).count() == 1
    Authenticator.objects.create(
        user=ida, type=Authenticator.Type.WEBAUTHN, data={"name": "Ida's key", "credential": "s3"}
    )
    return client


def named(title: str, **links: Any) -> Movie:
    movie = Movie.objects.create(title=title, search_title=Movie.folded_titles(title, ""))
    Link.objects.create(movie=movie, **links)
    return movie
