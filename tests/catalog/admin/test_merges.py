"""Merges in the admin: undone by a button, while they can be."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import FilmMerge, Movie
from catalog.services.film_merge import merge_films
from tests.markup import flat


@pytest.fixture
def merge(db: None) -> FilmMerge:
    one, two = (Movie.objects.create(title="Heat", year=1995) for _ in range(2))
    return merge_films(one, two, editor_id=None)


def test_undo_leads_to_the_film_that_is_back(desk: Client, merge: FilmMerge) -> None:
    answer = desk.post(f"/admin/catalog/filmmerge/{merge.pk}/undo/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/admin/catalog/movie/{merge.gone_id}/change/"
    assert "They are two films again" in flat(answer)
    assert Movie.objects.count() == 2
    again = desk.post(f"/admin/catalog/filmmerge/{merge.pk}/undo/", follow=True)
    assert "undone already" in flat(again)


def test_an_old_merge_has_no_button(desk: Client, merge: FilmMerge) -> None:
    FilmMerge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    assert "Undo this merge" not in flat(desk.get(f"/admin/catalog/filmmerge/{merge.pk}/change/"))
    answer = desk.post(f"/admin/catalog/filmmerge/{merge.pk}/undo/", follow=True)
    assert "more than 30 days old" in flat(answer)
    assert Movie.objects.count() == 1


def test_who_may_not_edit_films_may_not_undo(stranger: Client, merge: FilmMerge) -> None:
    assert stranger.post(f"/admin/catalog/filmmerge/{merge.pk}/undo/").status_code == 403
    assert Movie.objects.count() == 1


def test_merges_are_listed_with_what_can_be_done(desk: Client, merge: FilmMerge) -> None:
    assert "can be undone" in flat(desk.get("/admin/catalog/filmmerge/"))
