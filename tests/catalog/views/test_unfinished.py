"""What somebody clicked on before the log-in is done after it."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import reverse

from catalog.models import Movie, Rating, WatchlistEntry
from catalog.views import unfinished

pytestmark = pytest.mark.usefixtures("plain_static")


def ask(client: Client, movie: Movie, name: str = "rate", **data: str) -> Any:
    page = f"http://testserver{movie.get_absolute_url()}"
    address = reverse(f"catalog:{name}", args=[movie.pk])
    return client.post(address, data, headers={"HX-Request": "true", "Referer": page})


def test_a_rating_is_kept_until_the_member_has_logged_in(
    client: Client, amelie: Movie, ada: AbstractUser
) -> None:
    answer = ask(client, amelie, rating="4.5")
    assert answer["HX-Redirect"] == "/accounts/login/?next=/finish/"
    assert not Rating.objects.exists()
    client.force_login(ada)
    answer = client.get("/finish/")
    assert answer.status_code == 302
    assert answer["Location"].endswith(amelie.get_absolute_url())
    assert Rating.objects.get().stars == 4.5
    assert "Amélie: 4.5 stars" in client.get(amelie.get_absolute_url()).content.decode()


def test_it_is_done_once(client: Client, amelie: Movie, ada: AbstractUser) -> None:
    ask(client, amelie, "keep", on="1")
    client.force_login(ada)
    client.get("/finish/")
    assert WatchlistEntry.objects.count() == 1
    WatchlistEntry.objects.all().delete()
    assert client.get("/finish/")["Location"] == "/"
    assert not WatchlistEntry.objects.exists()


def test_after_half_an_hour_it_is_forgotten(
    client: Client, amelie: Movie, ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, amelie, rating="4.5")
    client.force_login(ada)
    monkeypatch.setattr(unfinished, "SECONDS", -1)
    assert client.get("/finish/")["Location"].endswith(amelie.get_absolute_url())
    assert not Rating.objects.exists()


def test_other_steps_lead_back_to_their_page(client: Client, amelie: Movie) -> None:
    answer = ask(client, amelie, "log")
    assert (
        answer["HX-Redirect"]
        == f"/accounts/login/?next=http%3A//testserver/movies/{amelie.pk}-amelie/"
    )
