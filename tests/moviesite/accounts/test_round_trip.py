"""What one site exports, a site like it imports: ratings, watchlist and diary, with their days."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalog.member_import import request
from catalog.models import DiaryEntry, Rating, WatchlistEntry
from catalog.services.ratings import rate
from moviesite.accounts.exporting import csv_archive, json_document
from moviesite.accounts.models import User
from tests.catalog.member_import.conftest import applied, worked
from tests.moviesite.accounts.conftest import named

pytestmark = pytest.mark.django_db


def kept(user: User) -> dict[str, list[tuple[Any, ...]]]:
    def rows(queryset: Any, *columns: str) -> list[tuple[Any, ...]]:
        return list(queryset.filter(user=user).order_by("movie_id").values_list("movie", *columns))

    return {
        "ratings": rows(Rating.objects, "half_stars", "rated_at"),
        "watchlist": rows(WatchlistEntry.objects, "added_at"),
        "diary": rows(DiaryEntry.objects, "watched_on", "half_stars", "rewatch"),
    }


@pytest.mark.parametrize(("export", "name"), [(csv_archive, "a.zip"), (json_document, "a.json")])
def test_it_comes_back_as_it_was(
    ida: User,
    monkeypatch: pytest.MonkeyPatch,
    export: Callable[[User], Iterator[bytes]],
    name: str,
) -> None:
    monkeypatch.setattr(request, "send", lambda *message, **options: True)
    rate(user_id=ida.pk, movie=named("-30-", movielens_id=99), stars=2.5)
    newcomer = User.objects.create_user("newcomer")
    job = request.begin(user_id=newcomer.pk, file_name=name, content=b"".join(export(ida)))
    applied(worked(job))
    assert kept(newcomer) == kept(ida)
    assert len(kept(newcomer)["ratings"]) == 4
