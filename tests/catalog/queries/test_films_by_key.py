"""Films by primary key, in one query each."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from catalog.models import DiaryEntry, FilmTranslation, Movie, Rating, SeenMovie
from catalog.queries.films_by_key import card_movies, details, name_locally, titles


def test_a_card_has_all_that_it_shows(
    amelie: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = card_movies([amelie.pk, 0])
        movie = found[amelie.pk]
        shown = movie.title, movie.year, [genre.name for genre in movie.genre_list]
    assert list(found) == [amelie.pk]
    assert shown == ("Amélie", 2001, ["Comedy", "Drama"])


def test_a_card_has_the_stars_of_its_reader_alone(amelie: Movie, ada: AbstractUser) -> None:
    eve = get_user_model().objects.create_user("eve")
    Rating.objects.create(user=ada, movie=amelie, half_stars=9)
    for reader, expected in ((ada, 9), (eve, None), (AnonymousUser(), None)):
        assert card_movies([amelie.pk], reader)[amelie.pk].your_half_stars == expected  # type: ignore[attr-defined]


def test_a_card_says_whether_its_reader_has_seen_the_film(
    films: list[Movie], ada: AbstractUser
) -> None:
    marked, logged = films[:2]
    eve = get_user_model().objects.create_user("eve")
    SeenMovie.objects.create(user=ada, movie=marked)
    for day in (1, 2):
        DiaryEntry.objects.create(user=ada, movie=logged, watched_on=date(2026, 11, day))
    for reader, seen in ((ada, True), (eve, False), (AnonymousUser(), False)):
        found: dict[int, Any] = {**card_movies([marked.pk, logged.pk], reader)}
        assert (found[marked.pk].is_marked_seen, found[marked.pk].is_in_diary) == (seen, False)
        assert (found[logged.pk].is_marked_seen, found[logged.pk].is_in_diary) == (False, seen)


def test_films_that_are_gone_are_left_out(amelie: Movie) -> None:
    assert titles([amelie.pk, 0]) == {amelie.pk: "Amélie"}
    assert [row[0] for row in details([amelie.pk, 0])] == [amelie.pk]


def test_a_card_has_the_title_of_its_readers_language(amelie: Movie, films: list[Movie]) -> None:
    FilmTranslation.objects.create(movie=amelie, language="de", title="Die fabelhafte Welt")
    keys = [amelie.pk, films[0].pk]
    german = ["Die fabelhafte Welt", ""]
    for language, expected in (("de", german), ("de-at", german), ("en", ["", ""])):
        with override(language):
            assert [card_movies(keys)[key].local_title for key in keys] == expected
            movies = [Movie.objects.get(pk=key) for key in keys]
            name_locally(movies)
            assert [movie.local_title for movie in movies] == expected
    with override("fr"):
        assert card_movies(keys)[amelie.pk].local_title == amelie.original_title
