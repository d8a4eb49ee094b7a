"""A film's form: what is written is locked and kept in the history."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import FieldProvenance, FilmChange, Genre, Language, Link, Movie, Origin
from catalog.services.provenance import locked_fields, record_origin
from tests.markup import flat


def page(movie: Movie) -> str:
    return f"/admin/catalog/movie/{movie.pk}/change/"


def filled(desk: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send: the form as it stands, with changes."""
    context = desk.get(address).context
    form = context["adminform"].form
    values: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if hasattr(value, "all"):
            value = [one.pk for one in value.all()]
        elif isinstance(value, list):
            value = [getattr(one, "pk", one) for one in value]
        if value not in (None, False):
            values[name] = value
    for formset in context["inline_admin_formsets"]:
        for bound in (formset.formset.management_form, *formset.formset.initial_forms):
            for one in bound:
                if one.value() is not None:
                    values[one.html_name] = one.value()
    return values | changes


def test_saving_a_change_keeps_it_and_locks_the_field(
    desk: Client, editor: AbstractUser, amelie: Movie
) -> None:
    answer = desk.post(page(amelie), filled(desk, page(amelie), runtime=121, tagline="New"))
    assert answer.status_code == 302
    change = FilmChange.objects.get()
    assert change.editor == editor
    assert change.fields == {
        "runtime": [122, 121],
        "tagline": ["One person can change your life forever.", "New"],
    }
    assert locked_fields(amelie) == {"runtime", "tagline"}


def test_saving_without_a_change_keeps_nothing(desk: Client, amelie: Movie) -> None:
    assert desk.post(page(amelie), filled(desk, page(amelie))).status_code == 302
    assert not FilmChange.objects.exists()
    assert not FieldProvenance.objects.exists()


def test_genres_and_ids_are_kept_as_well(desk: Client, amelie: Movie) -> None:
    drama = Genre.objects.get(name="Drama")
    values = filled(desk, page(amelie), genres=[drama.pk])
    values["link-0-imdb_id"] = "tt0000001"
    desk.post(page(amelie), values)
    assert set(FilmChange.objects.get().fields) == {"genres", "links"}
    assert Link.objects.get().imdb_id == "tt0000001"


def test_locks_are_seen_and_released(desk: Client, amelie: Movie) -> None:
    record_origin([amelie], ["runtime", "overview"], Origin.EDITOR, lock=True)
    assert desk.get(page(amelie)).context["adminform"].form.initial["locked"] == [
        "overview",
        "runtime",
    ]
    desk.post(page(amelie), filled(desk, page(amelie), locked=["overview", "budget"]))
    assert locked_fields(amelie) == {"overview", "budget"}
    assert not FilmChange.objects.exists()


def test_a_new_film_is_locked_where_something_stands(
    desk: Client, genres: dict[str, Genre]
) -> None:
    address = "/admin/catalog/movie/add/"
    values = filled(desk, address, title="Brand New", year=2026, genres=[genres["Drama"].pk])
    assert desk.post(address, values).status_code == 302
    movie = Movie.objects.get()
    assert locked_fields(movie) == {"title", "year", "genres"}
    assert movie.search_title == "\nbrand new\n"


def test_any_language_can_be_chosen_where_the_catalog_knows_none_yet(
    desk: Client, amelie: Movie
) -> None:
    Language.objects.all().delete()
    form = flat(desk.get(page(amelie)))
    for option in ('value="sv">Swedish', 'value="cn">Cantonese', 'value="fr" selected>French'):
        assert option in form


def test_changes_are_told_in_words(desk: Client, amelie: Movie) -> None:
    desk.post(page(amelie), filled(desk, page(amelie), runtime=121))
    change = FilmChange.objects.get()
    shown = flat(desk.get("/admin/catalog/filmchange/"))
    assert "Runtime in minutes" in shown
    shown = flat(desk.get(f"/admin/catalog/filmchange/{change.pk}/change/"))
    for text in (str(amelie), "Runtime in minutes", "<td>122</td><td>121</td>"):
        assert text in shown, text
    assert "[122" not in shown


def test_the_history_shows_before_and_after_and_undoes(desk: Client, amelie: Movie) -> None:
    genre = Genre.objects.get(name="Horror")
    desk.post(page(amelie), filled(desk, page(amelie), runtime=121, genres=[genre.pk]))
    history = f"/admin/catalog/movie/{amelie.pk}/history/"
    shown = flat(desk.get(history))
    for text in ("122", "121", "Comedy, Drama", "Horror", "ed", "Undo this change"):
        assert text in shown, text
    change = FilmChange.objects.get()
    desk.post(f"/admin/catalog/movie/changes/{change.pk}/undo/")
    amelie.refresh_from_db()
    assert amelie.runtime == 122
    assert {genre.name for genre in amelie.genres.all()} == {"Comedy", "Drama"}
    assert "undone" in flat(desk.get(history))


def test_who_may_not_edit_films_may_not_undo(stranger: Client, amelie: Movie) -> None:
    change = FilmChange.objects.create(movie=amelie, fields={"runtime": [1, 122]})
    assert stranger.post(f"/admin/catalog/movie/changes/{change.pk}/undo/").status_code == 403
    assert stranger.get(f"/admin/catalog/movie/{amelie.pk}/history/").status_code == 403


def test_a_films_form_asks_little_of_the_database(
    desk: Client, amelie: Movie, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        shown = flat(desk.get(page(amelie)))
    assert "Type a few letters" in shown
    assert "cover-design" in shown, "a preview of the picture"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("picture=none", 2),
        ("picture=there", 1),
        ("hidden__exact=1", 1),
        ("decade=1990", 2),
        ("decade=none", 1),
        ("decade=x", 3),
        ("description=none", 3),
    ],
)
def test_filters_of_the_list(desk: Client, query: str, found: int) -> None:
    Movie.objects.create(title="A", year=1995, poster_path="/a.jpg")
    Movie.objects.create(title="B", year=1999, hidden=True)
    Movie.objects.create(title="C")
    assert desk.get(f"/admin/catalog/movie/?{query}").context["cl"].result_count == found


def test_a_film_with_many_ratings_is_not_read_through_to_be_deleted(
    admin_client: Client,
    plain_static: None,
    amelie: Movie,
    ada: AbstractUser,
    django_assert_max_num_queries: Any,
) -> None:
    amelie.ratings.create(user=ada, half_stars=8)
    with django_assert_max_num_queries(12):
        shown = flat(admin_client.get(f"/admin/catalog/movie/{amelie.pk}/delete/"))
    assert "Ratings: 1" in shown
    admin_client.post(f"/admin/catalog/movie/{amelie.pk}/delete/", {"post": "yes"})
    assert not Movie.objects.exists()
