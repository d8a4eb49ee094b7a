"""The diary's pages and forms."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import DiaryEntry, Movie, Rating
from catalog.services.diary import Viewing, write
from catalog.services.ratings import rate

pytestmark = pytest.mark.usefixtures("plain_static")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def entry(ada: AbstractUser, amelie: Movie) -> DiaryEntry:
    viewing = Viewing(date(2026, 11, 2), 8, note="With <b>Mia</b>")
    return write(user_id=ada.pk, movie=amelie, viewing=viewing).entry


def undo_step(page: str) -> str:
    found = re.search(r'action="/undo/".*?name="step"\s+value="([^"]+)"', page, re.DOTALL)
    assert found, "no undo offered"
    return found[1]


def test_a_plain_form_logs_and_undo_takes_it_back(member: Client, amelie: Movie) -> None:
    form = f"/movies/{amelie.pk}/diary/"
    came_from = f"http://testserver{amelie.get_absolute_url()}"
    shown = member.get(form, headers={"Referer": came_from}).content.decode()
    assert f'name="next" value="{came_from}"' in shown
    answer = member.post(
        form,
        {"watched_on": "2026-11-02", "stars": "4.5", "note": "a\nb", "next": came_from},
        follow=True,
    )
    entry = DiaryEntry.objects.get()
    assert (entry.watched_on, entry.stars, entry.rewatch) == (date(2026, 11, 2), 4.5, False)
    assert Rating.objects.get().stars == 4.5
    page = answer.content.decode()
    assert "Amélie is in your diary" in page
    assert "Nov. 2, 2026" in page, "the film's page knows it"
    member.post("/undo/", {"step": undo_step(page)})
    assert not DiaryEntry.objects.exists()
    assert not Rating.objects.exists()


def test_the_form_begins_with_today_and_knows_what_was_seen(
    member: Client, ada: AbstractUser, amelie: Movie
) -> None:
    form = f"/movies/{amelie.pk}/diary/"
    shown = member.get(form, headers=HTMX).content.decode()
    assert "<html" not in shown
    assert f'type="date" name="watched_on" value="{timezone.localdate()}"' in shown
    assert not re.search(r'name="rewatch"[^>]*checked', shown)
    rate(user_id=ada.pk, movie=amelie, half_stars=6)
    shown = member.get(form).content.decode()
    assert not re.search(r'name="rewatch"[^>]*checked', shown), "rated just now: this very viewing"
    Rating.objects.update(rated_at=timezone.now() - timedelta(days=2))
    assert re.search(r'name="rewatch"[^>]*checked', member.get(form).content.decode())


def test_the_box_on_the_diary_leads_to_the_form_of_a_film(member: Client, amelie: Movie) -> None:
    form = f"/movies/{amelie.pk}/diary/"
    assert 'action="/diary/new/"' in member.get("/diary/").content.decode()
    assert member.get("/diary/new/", {"movie": amelie.pk})["Location"] == form
    assert member.get("/diary/new/", {"title": "amelie"})["Location"] == form
    answer = member.get("/diary/new/", {"title": "no such film"}, follow=True)
    assert "We do not know a film called “no such film”" in answer.content.decode()
    answer = member.get("/diary/new/", {"title": " "}, follow=True)
    assert "Type a title first." in answer.content.decode()


def test_the_rating_that_counts_stands_beside_an_entry_of_other_stars(
    member: Client, ada: AbstractUser, entry: DiaryEntry
) -> None:
    assert "your rating" not in member.get("/diary/").content.decode()
    rate(user_id=ada.pk, movie=entry.movie, half_stars=5)
    assert "your rating: 2.5" in member.get("/diary/").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"watched_on": ""}, "This field is required"),
        ({"watched_on": "2026-02-30"}, "Enter a valid date"),
        ({"watched_on": "9999-01-01"}, "That day is in the future"),
        ({"watched_on": "1800-01-01"}, "There were no films yet on that day"),
        ({"watched_on": "2026-11-02", "stars": "4.3"}, "Select a valid choice"),
        ({"watched_on": "2026-11-02", "note": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_cannot_be_logged(
    member: Client, amelie: Movie, fields: dict[str, str], said: str
) -> None:
    answer = member.post(f"/movies/{amelie.pk}/diary/", fields, headers=HTMX)
    assert said in answer.content.decode()
    assert not DiaryEntry.objects.exists()
    assert not Rating.objects.exists()


def test_htmx_loads_the_page_again(member: Client, amelie: Movie) -> None:
    answer = member.post(f"/movies/{amelie.pk}/diary/", {"watched_on": "2026-11-02"}, headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    assert "Amélie is in your diary" in member.get("/diary/").content.decode()


def test_an_entry_is_changed_and_deleted(member: Client, entry: DiaryEntry) -> None:
    form = f"/diary/{entry.pk}/"
    shown = member.get(form).content.decode()
    assert 'value="2026-11-02"' in shown
    assert re.search(r'value="4.0"[^>]*checked', shown)
    fields = {"watched_on": "2026-11-03", "stars": "", "rewatch": "on", "note": ""}
    page = member.post(form, {**fields, "next": "/diary/"}, follow=True).content.decode()
    entry.refresh_from_db()
    assert (entry.watched_on, entry.stars, entry.rewatch) == (date(2026, 11, 3), None, True)
    member.post("/undo/", {"step": undo_step(page)})
    entry.refresh_from_db()
    assert (entry.watched_on, entry.stars, entry.note) == (date(2026, 11, 2), 4, "With <b>Mia</b>")
    page = member.post(f"/diary/{entry.pk}/delete/", follow=True).content.decode()
    assert "Amélie was deleted from your diary" in page
    assert not DiaryEntry.objects.exists()
    member.post("/undo/", {"step": undo_step(page)})
    assert DiaryEntry.objects.get() == entry


def test_a_diary_is_its_members_alone(client: Client, entry: DiaryEntry) -> None:
    addresses = (f"/diary/{entry.pk}/", f"/diary/{entry.pk}/delete/")
    for address in addresses:
        assert "/accounts/login/" in client.post(address)["Location"]
    client.force_login(get_user_model().objects.create_user("eve"))
    for address in addresses:
        assert client.post(address, {"watched_on": "2026-11-03"}).status_code == 404
    assert client.get(f"/diary/{entry.pk}/").status_code == 404
    assert "Mia" not in client.get("/diary/").content.decode()
    assert "Mia" not in client.get(entry.movie.get_absolute_url()).content.decode()
    assert DiaryEntry.objects.get().watched_on == date(2026, 11, 2)


def test_months_years_and_pages(member: Client, ada: AbstractUser, films: list[Movie]) -> None:
    for place in range(60):
        day = date(2025, 1, 1) + timedelta(days=7 * place)
        DiaryEntry.objects.create(user=ada, movie=films[place], watched_on=day)
    DiaryEntry.objects.create(user=ada, movie=films[0], watched_on=date(2019, 5, 5))
    answer = member.get("/diary/")
    shown = answer.content.decode()
    assert shown.count('class="diary-row"') == 60
    assert shown.count("<section") == shown.count("</section>")
    headings = re.findall(r'<h2 id="m-([^"]+)"', shown)
    assert headings == sorted(headings, reverse=True)
    assert len(headings) == 14
    assert "61 in all" in shown
    assert member.get("/diary/?page=2").content.decode().count('class="diary-row"') == 1
    old = member.get("/diary/?year=2019")
    assert [entry.movie.title for entry in old.context["page"]] == ["Film 00"]
    assert "May 2019" in old.content.decode()
    for nonsense in ("2018", "x", "99999999999"):
        assert member.get(f"/diary/?year={nonsense}").context["year"] is None


def test_an_empty_diary_tells_how_to_begin(member: Client) -> None:
    assert "An empty diary" in member.get("/diary/").content.decode()


def test_the_films_page_shows_dates_and_notes_escaped(member: Client, entry: DiaryEntry) -> None:
    shown = member.get(entry.movie.get_absolute_url()).content.decode()
    assert "With &lt;b&gt;Mia&lt;/b&gt;" in shown
    assert f'data-actions="/diary/{entry.pk}/"' in shown


def test_queries_do_not_grow_with_the_diary(
    member: Client,
    ada: AbstractUser,
    films: list[Movie],
    entry: DiaryEntry,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    member.get("/diary/")  # fills the caches of sessions and credits
    # user; counts by month; count; entries with films; genres
    with django_assert_num_queries(5):
        member.get("/diary/")
    for movie in films:
        DiaryEntry.objects.create(user=ada, movie=movie, watched_on=date(2026, 1, 1))
    with django_assert_num_queries(5):
        member.get("/diary/")
