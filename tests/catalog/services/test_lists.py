"""Lists of films: their order, their limits, what comes back, two changes at once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, connection, transaction

from catalog.models import Movie, MovieList, MovieListEntry
from catalog.services.lists import (
    ListLimitError,
    add_films,
    annotate_film,
    make_list,
    move_film,
    put_back,
    remove_films,
)


@pytest.fixture
def rainy(ada: AbstractUser, films: list[Movie]) -> MovieList:
    """Films 0 to 5, in that order."""
    made = make_list(user_id=ada.pk, title="Rainy days")
    add_films(made, [movie.pk for movie in films[:6]])
    return made


@contextmanager
def immediately() -> Iterator[None]:
    """Rules that are looked at when a transaction ends are looked at here."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def order(films: MovieList) -> list[str]:
    return [entry.movie.title[-1] for entry in films.entries.select_related("movie")]


def positions(films: MovieList) -> list[int]:
    return list(films.entries.values_list("position", flat=True))


def keys(films: Iterable[Movie]) -> list[int]:
    return [movie.pk for movie in films]


def test_films_come_at_the_end_each_once(rainy: MovieList, films: list[Movie]) -> None:
    new = add_films(rainy, keys([films[7], films[2], films[6], films[7]]))
    assert new == keys([films[7], films[6]])
    assert order(rainy) == list("01234576")


@pytest.mark.parametrize(
    ("moved", "to", "then"),
    [
        (0, {"place": 4}, "123045"),
        (4, {"place": 1}, "401235"),
        (2, {"place": 3}, "012345"),
        (2, {"place": 99}, "013452"),
        (2, {"place": 0}, "201345"),
        (2, {"step": -1}, "021345"),
        (2, {"step": 1}, "013245"),
        (0, {"step": -1}, "012345"),
        (5, {"step": 1}, "012345"),
    ],
)
def test_a_film_moves_and_the_others_close_up(
    rainy: MovieList, films: list[Movie], moved: int, to: dict[str, int], then: str
) -> None:
    place = move_film(rainy, films[moved].pk, **to)
    assert order(rainy) == list(then)
    assert place == then.index(str(moved)) + 1
    assert positions(rainy) == list(range(6))


def test_moving_over_gaps_keeps_positions_apart(rainy: MovieList, films: list[Movie]) -> None:
    remove_films(rainy, keys([films[1], films[3]]))
    move_film(rainy, films[0].pk, place=4)
    assert order(rainy) == list("2450")
    move_film(rainy, films[5].pk, place=1)
    assert order(rainy) == list("5240")
    assert len(set(positions(rainy))) == 4


def test_a_film_that_is_not_on_the_list_does_not_move(rainy: MovieList, films: list[Movie]) -> None:
    assert move_film(rainy, films[50].pk, place=1) is None
    annotate_film(rainy, films[50].pk, "nothing")
    assert order(rainy) == list("012345")


def test_removed_films_come_back_as_they_were(rainy: MovieList, films: list[Movie]) -> None:
    annotate_film(rainy, films[1].pk, "The one with the train")
    fields = ("movie_id", "position", "note", "added_at")
    before = list(rainy.entries.values_list(*fields))
    removed = remove_films(rainy, keys([films[1], films[4]]))
    assert order(rainy) == list("0235")
    put_back(rainy, removed)
    assert list(rainy.entries.values_list(*fields)) == before
    put_back(rainy, removed)  # twice is as good as once
    assert list(rainy.entries.values_list(*fields)) == before


def test_a_place_taken_meanwhile_is_made_free(rainy: MovieList, films: list[Movie]) -> None:
    removed = remove_films(rainy, keys([films[1]]))
    move_film(rainy, films[5].pk, place=1)
    put_back(rainy, removed)
    shown = order(rainy)
    assert sorted(shown) == list("012345")
    assert shown.index("5") < shown.index("0")
    gone = remove_films(rainy, keys([films[0]]))
    films[0].delete()
    put_back(rainy, gone)
    assert "0" not in order(rainy)


def test_a_list_has_room_for_so_many(
    rainy: MovieList, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MovieList, "MOST_FILMS", 7)
    with pytest.raises(ListLimitError, match="at most 7 films"):
        add_films(rainy, keys(films[6:8]))
    assert order(rainy) == list("012345"), "none of too many"
    assert add_films(rainy, keys([*films[:6], films[6]])) == keys([films[6]])
    removed = remove_films(rainy, keys([films[0]]))
    add_films(rainy, keys([films[9]]))
    with pytest.raises(ListLimitError):
        put_back(rainy, removed)


def test_a_member_has_so_many_lists(ada: AbstractUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MovieList, "MOST_PER_MEMBER", 2)
    for title in ("one", "two"):
        make_list(user_id=ada.pk, title=title)
    with pytest.raises(ListLimitError, match="the limit of 2 lists"):
        make_list(user_id=ada.pk, title="three")


def test_the_database_keeps_the_rules(rainy: MovieList, films: list[Movie]) -> None:
    wrong: list[dict[str, Any]] = [
        {"movie": films[0], "position": 40},
        {"movie": films[9], "position": 0},
    ]
    for fields in wrong:
        entry = MovieListEntry(list=rainy, **fields)
        with pytest.raises(IntegrityError), transaction.atomic(), immediately():
            entry.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        MovieList.objects.create(user=rainy.user, title="")


def test_every_change_moves_the_date(rainy: MovieList, films: list[Movie]) -> None:
    def changed() -> Any:
        return MovieList.objects.values_list("updated_at", flat=True).get(pk=rainy.pk)

    for change in (
        lambda: add_films(rainy, keys([films[8]])),
        lambda: move_film(rainy, films[8].pk, place=1),
        lambda: annotate_film(rainy, films[8].pk, "new"),
        lambda: remove_films(rainy, keys([films[8]])),
    ):
        before = changed()
        change()
        assert changed() > before
    before = changed()
    add_films(rainy, keys([films[0]]))
    assert changed() == before, "nothing was added"


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_follow_each_other(films: list[Movie], rainy: MovieList) -> None:
    """Both add at the end and both move: without the lock two films would get one place."""

    def work(number: int) -> None:
        try:
            for movie in films[10 + number * 8 : 18 + number * 8]:
                add_films(rainy, [movie.pk])
                move_film(rainy, movie.pk, place=2)
        finally:
            connection.close()

    workers = [Thread(target=work, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(order(rainy)) == 6 + 24
    assert len(set(positions(rainy))) == 30
