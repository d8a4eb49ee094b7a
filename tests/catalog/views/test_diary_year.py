"""A year of the diary in review."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from PIL import Image

from catalog.models import Credit, DiaryEntry, Movie, Person
from catalog.queries.diary_year import year_in_review
from catalog.services.ratings import rate

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def year(ada: AbstractUser, films: list[Movie]) -> None:
    """Three films of 1950 to 1952, the first twice; the first two by one director."""
    for month, film in ((1, films[0]), (2, films[1]), (3, films[2]), (12, films[0])):
        DiaryEntry.objects.create(
            user=ada, movie=film, watched_on=date(2025, month, 1), rewatch=month == 12
        )
    DiaryEntry.objects.create(user=ada, movie=films[9], watched_on=date(2024, 12, 31))
    varda = Person.objects.create(name="Agnès Varda")
    for film in films[:2]:
        Credit.objects.create(movie=film, person=varda, department="directing")


def test_what_a_year_was(year: None, ada: AbstractUser, films: list[Movie]) -> None:
    review = year_in_review(ada.pk, 2025)
    assert review is not None
    assert (review.viewings, review.films, review.rewatches) == (4, 3, 1)
    assert review.minutes == 60 + 62 + 64 + 60
    assert review.decades == [(1950, 3)]
    assert [(one.person.name, one.films) for one in review.directors] == [("Agnès Varda", 2)]
    assert review.actors == []
    assert len(review.calendar) == 365
    watched = [day.day for day in review.calendar if day.titles]
    assert watched == [date(2025, month, 1) for month in (1, 2, 3, 12)]
    assert year_in_review(ada.pk, 2023) is None


def test_nobody_is_contrary_to_fewer_than_five(
    year: None, ada: AbstractUser, films: list[Movie]
) -> None:
    users = [get_user_model().objects.create_user(f"u{place}") for place in range(5)]
    for film, others in ((films[0], 5), (films[1], 4)):
        rate(user_id=ada.pk, movie=film, half_stars=2)
        for user in users[:others]:
            rate(user_id=user.pk, movie=film, half_stars=8)
    review = year_in_review(ada.pk, 2025)
    assert review is not None
    contrary = [(one.movie, one.yours, one.others) for one in review.contrary]
    assert contrary == [(films[0], 1.0, 4.0)]


def test_the_page_and_the_picture_are_the_members_own(
    year: None, member: Client, client: Client
) -> None:
    shown = member.get("/diary/year/2025/").content.decode()
    assert "2025 in review" in shown
    assert "Agnès Varda" in shown
    answer: Any = member.get("/diary/year/2025/picture.png")
    assert answer["Content-Type"] == "image/png"
    assert "no-store" in answer["Cache-Control"]
    assert Image.open(BytesIO(answer.content)).size == (1080, 1080)
    for year in (1999, 0, 10_000, 2**70):
        assert member.get(f"/diary/year/{year}/").status_code == 404
    client.force_login(get_user_model().objects.create_user("eve"))
    assert client.get("/diary/year/2025/").status_code == 404
    client.logout()
    assert "/accounts/login/" in client.get("/diary/year/2025/picture.png")["Location"]


def test_hours_are_counted_where_lengths_are_known(year: None, member: Client) -> None:
    def shown() -> tuple[str, bytes]:
        page: Any = member.get("/diary/year/2025/")
        picture: Any = member.get("/diary/year/2025/picture.png")
        return page.content.decode(), picture.content

    with_hours, picture = shown()
    assert "hours" in with_hours.lower()
    Movie.objects.update(runtime=None)
    page, other_picture = shown()
    assert "hours" not in page.lower()
    assert 'alt="2025 in films"' in page
    assert picture != other_picture
