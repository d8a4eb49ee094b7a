"""What a member takes along from one site is what another site reads."""

import pytest
from django.db.models import DateTimeField, F, Func

from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import DiaryEntry, MemberImport, Movie, Rating, WatchlistEntry
from moviesite.accounts.exporting import csv_archive, json_document
from moviesite.accounts.models import User
from tests.recommender.world import World


def belongings(user: User) -> list[set[tuple[object, ...]]]:
    """Ratings, watchlist and diary. JSON has times to the millisecond."""
    rated = Rating.objects.filter(user=user).annotate(at=TruncMillisecond("rated_at"))
    kept = WatchlistEntry.objects.filter(user=user).annotate(at=TruncMillisecond("added_at"))
    diary = DiaryEntry.objects.filter(user=user)
    return [
        set(rated.values_list("movie", "half_stars", "at")),
        set(kept.values_list("movie", "at")),
        set(diary.values_list("movie", "watched_on", "half_stars", "rewatch")),
    ]


class TruncMillisecond(Func):
    template = "date_trunc('milliseconds', %(expressions)s)"
    output_field = DateTimeField()


@pytest.mark.parametrize("export", [csv_archive, json_document])
def test_an_export_is_imported_as_it_was(
    ida: User, world: World, export: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "send", lambda *message: True)
    # Titles that an export keeps from being calculated, and films that only ids tell.
    Movie.objects.filter(pk=world.movies[0].pk).update(title="-30-")
    Movie.objects.filter(pk=world.movies[5].pk).update(title="'71", year=None)
    other = User.objects.create_user("other")
    content = b"".join(export(ida))
    job = request.begin(user_id=other.pk, file_name="matinee-ida", content=content)
    assert job.source == "matinee"
    work(job.pk)
    job.refresh_from_db()
    assert job.report["problem_count"] == 0, job.report
    assert not job.rows.exclude(title=F("movie__title")).exists()
    request.ask_apply(job, "newest")
    work(job.pk)
    assert MemberImport.objects.get(pk=job.pk).state == "applied"
    assert belongings(other) == belongings(ida)
    assert all(belongings(ida))
