"""An operator writes the rules of a scenario in the admin."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from catalog.models import Genre, Movie
from recommender.models import Scenario

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]
ADD = "/admin/recommender/scenario/add/"


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    return client


def form(**values: Any) -> dict[str, Any]:
    return {"name": "tonight", "question": "picks", "diversity": 0, "popularity": 0} | values


def test_rules_are_written_and_shown_again(operator: Client) -> None:
    comedy = Genre.objects.create(name="Comedy")
    film = Movie.objects.create(title="Paper Moon", search_title="paper moon")
    sent = form(
        include_genres=[comedy.pk],
        year_from=1970,
        boosts="comedy = 0.5\n",
        pins=f"{film.pk}\nPaper Moon",
        is_active="on",
    )
    answer = operator.post(ADD, sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    scenario = Scenario.objects.get()
    assert scenario.rules["boosts"] == [[comedy.pk, 0.5]]
    assert scenario.rules["pins"] == [film.pk], "each film once"
    assert scenario.rules["filters"]["include_genres"] == [comedy.pk]
    assert scenario.rules["filters"]["year_from"] == 1970
    page = operator.get(f"/admin/recommender/scenario/{scenario.pk}/change/").content.decode()
    assert "Comedy = 0.5" in page
    assert 'value="1970"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"boosts": "Komedy = 1"}, "There is no genre “Komedy”"),
        ({"boosts": "Comedy = 9"}, "a boost is from -5 to 5"),
        ({"boosts": "Comedy"}, "a boost is from -5 to 5"),
        ({"pins": "12345678"}, "We do not know a film called “12345678”"),
        ({"year_from": 2000, "year_to": 1990}, "This comes before the beginning"),
        ({"diversity": 2}, "less than or equal to 1"),
        ({"name": "two words"}, "valid “slug”"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    operator: Client, wrong: dict[str, Any], said: str
) -> None:
    Genre.objects.create(name="Comedy")
    answer = operator.post(ADD, form(**wrong))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Scenario.objects.exists()
