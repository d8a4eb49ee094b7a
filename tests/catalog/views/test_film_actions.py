"""What one click does: rating, watchlist, not interested; with htmx and as plain forms."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import reverse

from catalog.models import DiaryEntry, HiddenMovie, Movie, Rating, SeenMovie, WatchlistEntry
from tests.markup import flat

pytestmark = pytest.mark.usefixtures("plain_static")

HTMX = {"HX-Request": "true"}


def post(client: Client, name: str, movie: Movie, data: dict[str, Any], **headers: str) -> Any:
    return client.post(reverse(f"catalog:{name}", args=[movie.pk]), data, headers=headers)


def step_in(page: str) -> str:
    found = re.search(r'name="step" value="([^"]+)"', page)
    assert found, "no undo offered"
    return found[1]


def stars_of(movie: Movie) -> list[float]:
    return [rating.stars for rating in Rating.objects.filter(movie=movie)]


def test_rating_by_htmx_tells_the_page_and_offers_undo(member: Client, amelie: Movie) -> None:
    post(member, "rate", amelie, {"rating": "2.0"}, **HTMX)
    answer = post(member, "rate", amelie, {"rating": "4.5"}, **HTMX)
    assert answer.status_code == 200
    assert stars_of(amelie) == [4.5]
    told = json.loads(answer["HX-Trigger"])
    assert told == {"film-rated": {"movie": amelie.pk, "stars": 4.5}}
    body = flat(answer)
    assert "Amélie: 4.5 stars" in body
    back = post(member, "rate", amelie, {"step": step_in(body)}, **HTMX)
    assert json.loads(back["HX-Trigger"]) == {"film-rated": {"movie": amelie.pk, "stars": 2.0}}
    assert stars_of(amelie) == [2.0]


def test_undo_of_a_first_rating_takes_it_away(member: Client, amelie: Movie) -> None:
    answer = post(member, "rate", amelie, {"rating": "4.5"}, **HTMX)
    answer = post(member, "rate", amelie, {"step": step_in(flat(answer))}, **HTMX)
    assert stars_of(amelie) == []
    assert json.loads(answer["HX-Trigger"])["film-rated"]["stars"] is None


def test_rating_by_a_plain_form_goes_back_with_a_message(member: Client, amelie: Movie) -> None:
    came_from = f"http://testserver{reverse('catalog:browse')}?genre=drama"
    answer = post(member, "rate", amelie, {"rating": "4.5"}, Referer=came_from)
    assert answer.status_code == 302
    assert answer["Location"] == came_from
    assert stars_of(amelie) == [4.5]
    assert "Amélie: 4.5 stars" in member.get("/movies/").content.decode()


def test_a_plain_form_offers_undo_too(member: Client, amelie: Movie) -> None:
    post(member, "rate", amelie, {"rating": "2.0"})
    member.get(amelie.get_absolute_url())  # shows the message of the first
    post(member, "rate", amelie, {"rating": "4.5"})
    page = flat(member.get(amelie.get_absolute_url()))
    undo = f'action="{reverse("catalog:rate", args=[amelie.pk])}" hx-post'
    assert undo in page.split('id="toasts"')[1]
    post(member, "rate", amelie, {"step": step_in(page)})
    assert stars_of(amelie) == [2.0]


def test_undo_puts_no_old_stars_over_newer_ones(member: Client, amelie: Movie) -> None:
    post(member, "rate", amelie, {"rating": "2.0"}, **HTMX)
    first = step_in(flat(post(member, "rate", amelie, {"rating": "4.5"}, **HTMX)))
    post(member, "rate", amelie, {"rating": "3.0"}, **HTMX)
    for address in (reverse("catalog:rate", args=[amelie.pk]), reverse("catalog:undo")):
        answer = member.post(address, {"step": first}, headers=HTMX)
        assert answer.status_code == 422
        assert "you have changed it since" in answer.content.decode()
    assert stars_of(amelie) == [3.0]


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_plain_form_never_leads_to_a_strange_site(
    member: Client, amelie: Movie, address: str
) -> None:
    answer = post(member, "rate", amelie, {"rating": "4", "next": address}, Referer=address)
    assert answer["Location"] == amelie.get_absolute_url()


@pytest.mark.parametrize("value", ["0", "0.25", "5.5", "-1", "nan", "inf", "five", "1e3"])
def test_a_rating_that_is_no_half_star_is_refused(
    member: Client, amelie: Movie, value: str
) -> None:
    answer = post(member, "rate", amelie, {"rating": value}, **HTMX)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/plain")
    assert stars_of(amelie) == []


def test_visitors_are_sent_to_log_in(client: Client, amelie: Movie) -> None:
    plain = post(client, "rate", amelie, {"rating": "4"})
    assert plain.status_code == 302
    assert plain["Location"].startswith(reverse("account_login"))
    came_from = f"http://testserver{amelie.get_absolute_url()}"
    whole = post(client, "rate", amelie, {"rating": "4"}, Referer=came_from, **HTMX)
    assert whole["HX-Redirect"].startswith(reverse("account_login"))
    assert stars_of(amelie) == []


def test_only_posting_changes_something(member: Client, amelie: Movie) -> None:
    for name in ("rate", "keep", "hide", "see"):
        assert member.get(reverse(f"catalog:{name}", args=[amelie.pk])).status_code == 405


def test_a_form_from_elsewhere_is_refused(ada: AbstractUser, amelie: Movie) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    answer = post(strict, "rate", amelie, {"rating": "4"})
    assert answer.status_code == 403
    assert "Your browser sent no cookie" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "model", "event"),
    [("keep", WatchlistEntry, "film-kept"), ("hide", HiddenMovie, "film-hidden")],
)
def test_keeping_and_hiding_can_be_undone(
    member: Client, ada: AbstractUser, amelie: Movie, name: str, model: Any, event: str
) -> None:
    for _ in range(2):  # twice is as good as once
        answer = post(member, name, amelie, {"on": "1"}, **HTMX)
    assert model.objects.filter(user=ada, movie=amelie).count() == 1
    assert json.loads(answer["HX-Trigger"]) == {event: {"movie": amelie.pk, "on": True}}
    assert 'name="on" value="0"' in flat(answer)
    answer = post(member, name, amelie, {"on": "0"}, **HTMX)
    assert not model.objects.exists()
    assert json.loads(answer["HX-Trigger"]) == {event: {"movie": amelie.pk, "on": False}}


def test_one_click_marks_as_seen_and_undo_brings_the_watchlist_back(
    member: Client, ada: AbstractUser, amelie: Movie
) -> None:
    post(member, "keep", amelie, {"on": "1"})
    answer = post(member, "see", amelie, {}, **HTMX)
    assert json.loads(answer["HX-Trigger"]) == {"film-seen": {"movie": amelie.pk, "on": True}}
    assert SeenMovie.objects.get(user=ada).movie == amelie
    assert not WatchlistEntry.objects.exists()
    step = re.search(r'name="step" value="([^"]+)"', flat(answer))
    assert step
    member.post(reverse("catalog:undo"), {"step": step[1]})
    assert not SeenMovie.objects.exists()
    assert WatchlistEntry.objects.get().movie == amelie


def test_a_second_click_keeps_the_day_and_another_takes_the_mark_away(
    member: Client, ada: AbstractUser, amelie: Movie
) -> None:
    SeenMovie.objects.create(user=ada, movie=amelie, watched_on="2026-11-01")
    post(member, "see", amelie, {"on": "1"})
    assert str(SeenMovie.objects.get().watched_on) == "2026-11-01"
    answer = post(member, "see", amelie, {"on": "0"}, **HTMX)
    assert json.loads(answer["HX-Trigger"]) == {"film-seen": {"movie": amelie.pk, "on": False}}
    assert not SeenMovie.objects.exists()


@pytest.mark.parametrize(
    ("doing", "pressed", "disabled"),
    [
        ("nothing", False, False),
        ("seen", True, False),
        ("rated", True, True),
        ("diary", True, True),
    ],
)
def test_the_button_knows_why_a_film_is_seen(
    member: Client, ada: AbstractUser, amelie: Movie, doing: str, pressed: bool, disabled: bool
) -> None:
    if doing == "seen":
        SeenMovie.objects.create(user=ada, movie=amelie)
    elif doing == "rated":
        Rating.objects.create(user=ada, movie=amelie, half_stars=9)
    elif doing == "diary":
        DiaryEntry.objects.create(user=ada, movie=amelie, watched_on="2026-11-01")
    for address in (reverse("catalog:actions", args=[amelie.pk]), amelie.get_absolute_url()):
        (form,) = re.findall(rf'data-see="{amelie.pk}">(.*?)</form>', flat(member.get(address)))
        assert ('aria-pressed="true"' in form) is pressed
        assert (" disabled>" in form) is disabled
    cards = flat(member.get("/movies/"))
    (tick,) = re.findall(rf'<button[^>]* data-mark-seen="{amelie.pk}"[^>]*>', cards)
    assert (" hidden>" in tick) is pressed
    assert 'aria-label="I have seen Amélie"' in tick


def test_keeping_a_film_that_is_seen_says_what_comes_of_it(
    member: Client, ada: AbstractUser, amelie: Movie
) -> None:
    SeenMovie.objects.create(user=ada, movie=amelie)
    answer = post(member, "keep", amelie, {"on": "1"}, **HTMX)
    assert "your watchlist does not show it" in answer.content.decode()
    assert member.get("/watchlist/").context["cards"] == []


def test_the_dialog_of_a_card_knows_the_state(
    member: Client, ada: AbstractUser, amelie: Movie
) -> None:
    post(member, "rate", amelie, {"rating": "3.5"})
    post(member, "keep", amelie, {"on": "1"})
    shown = member.get(reverse("catalog:actions", args=[amelie.pk]), headers=HTMX).content.decode()
    assert 'data-saved="3.5"' in shown
    assert 'name="on" value="0"' in shown, "the watchlist button takes it off again"
    assert 'aria-pressed="true"' in shown
