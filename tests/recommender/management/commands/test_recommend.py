"""``recommend`` and ``watch_next`` in a terminal."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from catalog.models import Movie
from recommender.learning.presets.mix import Mix, Mixes
from tests.recommender.world import World


def run(command: str, *arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_recommend_prints_a_table_without_what_was_rated(world: World) -> None:
    world.publish()
    world.fan_of_even()
    out, _ = run("recommend", "ada", "-n", "3")
    assert out.count("Drama") == 3
    assert "Title" in out
    assert "Predicted stars" in out
    assert all(f"Film {place:02}" not in out for place in range(6))


def test_what_is_ranked_by_more_than_stars_is_shown_in_stars(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    steep = Mix(next_weight=100.0, caution=0.0)
    monkeypatch.setattr("recommender.serving.live.USUAL", Mixes(top_picks=steep, watch_next=steep))
    world.publish()
    world.fan_of_even()
    scores = [item["score"] for item in json.loads(run("recommend", "ada", "--json")[0])["items"]]
    assert max(scores) > 5
    shown = re.findall(r"~?(\d\.\d+) │\n", run("recommend", "ada")[0])
    assert len(shown) == 5
    assert all(0.5 <= float(stars) <= 5 for stars in shown)


def test_without_predicted_stars_no_number_stands_that_could_be_read_as_stars(
    world: World,
) -> None:
    world.publish()
    out, _ = run("watch_next", "Film 11")
    assert "Score" not in out
    assert re.findall(r"│ +(\d) │", out) == ["1", "2", "3", "4", "5"]
    assert not re.search(r"\d\.\d", out.split("by ")[0])


def test_recommend_prints_json(world: World) -> None:
    world.publish()
    world.fan_of_even()
    answer = json.loads(run("recommend", "ada", "-n", "4", "--json")[0])
    assert answer["count"] == len(answer["items"]) == 4
    assert set(answer["items"][0]) >= {"movie", "score", "predicted_rating", "reasons"}


def rater(name: str) -> Any:
    return get_user_model().objects.create(username=name, imported=True, is_active=False)


def test_people_are_found_by_name_address_and_number(world: World) -> None:
    ada = world.fan_of_even()
    rater("ml-latest-small-7")
    by_name = run("recommend", "ada")[0]
    assert run("recommend", "ADA@example.org")[0] == by_name
    assert run("recommend", f"#{ada.pk}")[0] == by_name
    assert "ml-latest-small-7" in run("recommend", "7")[0]


def test_an_ambiguous_number_is_refused_with_the_names(world: World) -> None:
    rater("ml-latest-small-7")
    rater("ml-100k-7")
    with pytest.raises(CommandError, match=r"ml-latest-small-7 and ml-100k-7"):
        run("recommend", "7")


@pytest.mark.parametrize("who", ["nobody", "#99999999", "99999999", "x@example.org"])
def test_an_unknown_user_is_a_clear_error(world: World, who: str) -> None:
    with pytest.raises(CommandError, match="there is no"):
        run("recommend", who)


def test_watch_next_takes_titles_and_leaves_them_out(world: World) -> None:
    world.publish()
    answer = json.loads(run("watch_next", "Film 11", "film 13", "-n", "2", "--json")[0])
    assert [item["movie"]["title"] for item in answer["items"]] == ["Film 15", "Film 09"]


def test_watch_next_says_what_it_took(world: World) -> None:
    world.publish()
    Movie.objects.create(title="Harry Potter and the Philosopher's Stone", year=2001)
    Movie.objects.create(title="Harry Potter and the Goblet of Fire", year=2005)
    _, err = run("watch_next", "Harry Potter")
    assert "taking Harry Potter and the" in err
    assert "also possible: Harry Potter and the" in err


def test_watch_next_says_what_an_unknown_title_might_mean(world: World) -> None:
    with pytest.raises(CommandError, match="no movie is called 'qqqqqqqq'"):
        run("watch_next", "qqqqqqqq")


@pytest.mark.parametrize("command", [("recommend", "ada"), ("watch_next", "Film 11")])
def test_a_number_of_films_below_one_is_refused(world: World, command: tuple[str, str]) -> None:
    world.fan_of_even()
    with pytest.raises(CommandError, match="at least 1, got 0"):
        run(*command, "-n", "0")
