"""The sentence that says what a deed changed on a page."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from recommender.pages.changes import change_in_words
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.mark.parametrize(
    ("deed", "shown", "said"),
    [
        ("film-rated", (2, 4, 6), ""),
        ("film-rated", (2, 4), "Because you just rated Film 00: Film 06 came in."),
        ("film-seen", (2,), "Because you have seen Film 00: Film 04 and Film 06 came in."),
        (
            "film-hidden",
            (8,),
            "Because Film 00 does not interest you: Film 02, Film 04 and 1 other came in.",
        ),
        ("film-rated", (), ""),
        ("nonsense", (8,), ""),
    ],
)
def test_what_came_is_named_with_the_reason(
    world: World, deed: str, shown: tuple[int, ...], said: str
) -> None:
    query = QueryDict(mutable=True)
    query.update({"after": str(world.movies[0].pk), "deed": deed})
    marks = ["top-picks", *(str(world.movies[place].pk) for place in shown)]
    now = [world.movies[place] for place in (2, 4, 6)]
    assert change_in_words(query, marks, now) == said


@pytest.mark.parametrize("query", ["", "after=x&deed=film-rated", "after=999999&deed=film-rated"])
def test_a_query_that_tells_nothing_says_nothing(world: World, query: str) -> None:
    assert change_in_words(QueryDict(query), ["1"], world.movies) == ""


@pytest.mark.parametrize("path", ["/", "/watch-next/"])
def test_rows_alone_answer_with_what_changed(world: World, path: str) -> None:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    asked: dict[str, Any] = {"after": world.movies[0].pk, "deed": "film-rated"}
    headers = {"HX-Request": "true", "HX-Target": "answers", "Shown-Marks": "1:0"}
    answer = client.get(path, asked, headers=headers).content.decode()
    assert "<html" not in answer
    assert "Because you just rated Film 00:" in answer
    assert "Because you just rated Film 00:" not in client.get(path, asked).content.decode()
