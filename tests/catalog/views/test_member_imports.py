"""The pages: upload, progress, preview, decisions, import, undo; with htmx and without."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.member_import import progress, request
from catalog.member_import.formats.records import MOST_BYTES
from catalog.member_import.worker import work
from catalog.models import (
    Credit,
    ImportPiece,
    ImportRow,
    MemberImport,
    Movie,
    Person,
    Rating,
)
from catalog.services.ratings import rate
from tests.catalog.member_import import exports
from tests.catalog.member_import.conftest import (
    Load,
    alien,
    applied,
    cinema,
    film,
    heat,
    load,
    matrix,
    sent,
    tiger,
    worked,
)
from tests.markup import flat

__all__ = ["alien", "cinema", "heat", "load", "matrix", "sent", "tiger"]

pytestmark = pytest.mark.usefixtures("plain_static")

HTMX = {"HX-Request": "true"}
HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"
MIXED = (
    exports.LETTERBOXD_RATINGS
    + "2021-06-02,Teh Matrix,1999,x,4\n"
    + "2021-06-02,<script>alert(1)</script>,1999,x,4\n"
    + "2999-06-02,<img src=x>,1999,x,4\n"
    + "2021-06-02,Alien,1e3,x,4\n"
)


def upload(client: Client, content: str | bytes, name: str = "ratings.csv", **more: Any) -> Any:
    plain = content.encode() if isinstance(content, str) else content
    return client.post("/import/", {"file": SimpleUploadedFile(name, plain)}, **more)


def text(answer: Any) -> str:
    """What is read on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_from_upload_to_undo_without_javascript(
    member: Client, cinema: list[Movie], ada: AbstractUser, sent: list[Any]
) -> None:
    answer = upload(member, exports.LETTERBOXD_ZIP, "letterboxd.zip")
    job = MemberImport.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    waiting = member.get(job.get_absolute_url())
    assert '<noscript><meta http-equiv="refresh"' in flat(waiting)
    assert "Reading your file" in text(waiting)
    work(job.pk)

    shown = member.get(job.get_absolute_url())
    assert "4 new ratings" in re.sub(r"(\w+ \w+) +(\d+)", r"\2 \1", text(shown))
    assert "http-equiv" not in shown.content.decode()
    assert member.post(f"/import/{job.pk}/apply/").status_code == 302
    assert "Importing" in text(member.get(job.get_absolute_url()))
    work(job.pk)
    assert Rating.objects.filter(user=ada).count() == 4

    assert "Undo this import" in text(member.get(job.get_absolute_url()))
    member.post(f"/import/{job.pk}/undo/")
    work(job.pk)
    assert not Rating.objects.exists()
    assert "This import was undone" in text(member.get(job.get_absolute_url()))
    member.post(f"/import/{job.pk}/discard/")
    assert not MemberImport.objects.exists()


def test_workers_are_told_after_the_commit(
    member: Client, cinema: list[Movie], sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload(member, exports.LETTERBOXD_RATINGS)
    job = MemberImport.objects.get()
    assert sent == [("catalog.tasks.work_on_import", job.pk)]
    assert job.sent_at is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Cinema,Seats\nOdeon,4\n", "We do not recognise this export"),
        ("<b>,Seats\nOdeon,4\n", "its first line is “&lt;b&gt;,seats”"),
        (b"\x00\x01\x02", "This is not a text file"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_what_is_no_export_is_refused_by_the_worker(
    member: Client, content: str | bytes, said: str
) -> None:
    assert upload(member, content).status_code == 302, "nobody looks into it in the web process"
    job = MemberImport.objects.get()
    work(job.pk)
    assert said in member.get(job.get_absolute_url()).content.decode()
    assert not ImportPiece.objects.exists()


def test_a_file_that_is_too_big_is_refused_and_not_kept(member: Client) -> None:
    answer = upload(member, b"0" * (MOST_BYTES + 1))
    assert answer.status_code == 422
    assert "larger than 100 MB" in text(answer)
    answer = upload(member, b"0" * (MOST_BYTES + 200_000))
    assert "larger than 100 MB" in text(answer), "told by the request's length already"


def test_no_file_at_all(member: Client) -> None:
    answer = member.post("/import/")
    assert answer.status_code == 422
    assert "Choose a file first" in text(answer)


def test_what_is_broken_further_down_is_said_on_the_page_of_the_import(
    member: Client, db: None
) -> None:
    upload(member, HEADER + '2020-01-01,"Heat,1995,x,4\n')
    job = MemberImport.objects.get()
    work(job.pk)
    assert "malformed at line 2" in text(member.get(job.get_absolute_url()))


def test_titles_are_shown_as_text(member: Client, load: Load, cinema: list[Movie]) -> None:
    job = load(MIXED)
    for address in (f"{job.get_absolute_url()}?show=unmatched", job.get_absolute_url()):
        shown = flat(member.get(address))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "One row could not be read" in shown
    assert "ratings.csv, line 8: not a year: 1e3" in shown


def test_tabs_and_what_is_shown_first(member: Client, load: Load, cinema: list[Movie]) -> None:
    job = load(MIXED)
    answer = member.get(job.get_absolute_url())
    assert answer.context["show"] == "unmatched", "there is something to decide"
    tabs = {tab.outcome: tab.count for tab in answer.context["summary"].tabs}
    assert tabs == {"new": 3, "unmatched": 3}
    assert "Teh Matrix" in text(answer)
    assert "The Matrix 1999" in text(answer), "suggested"
    for show in ("new", "conflict", "same", "repeated", "left-out", "nonsense"):
        assert member.get(f"{job.get_absolute_url()}?show={show}").status_code == 200


def test_a_film_found_twice_in_the_file_is_asked_for_once(
    member: Client, load: Load, db: None
) -> None:
    job = load(exports.LETTERBOXD_ZIP, "letterboxd.zip")
    assert job.rows.filter(outcome="unmatched").count() == 18
    answer = member.get(job.get_absolute_url())
    assert len(answer.context["page"].object_list) == 5
    assert answer.context["summary"].tabs[0].count == 5


def test_deciding_by_htmx_answers_with_the_row_and_the_sums(
    member: Client, load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    rate(user_id=ada.pk, movie=cinema[0], half_stars=4)
    job = load(exports.LETTERBOXD_RATINGS)
    row = job.rows.get(title="The Matrix")
    fields = {f"row-{row.pk}": "theirs", "show": "conflict", "page": "1"}
    answer = member.post(f"/import/{job.pk}/choose/", fields, headers=HTMX)
    assert answer.status_code == 200
    body = flat(answer)
    assert body.lstrip().startswith(f'<li class="import-row" id="row-{row.pk}">')
    assert 'id="import-numbers" hx-swap-oob="true"' in body
    assert 'id="import-tabs"' in body
    assert "<button" not in body.split('id="import-numbers"')[1], "no control is taken away"
    assert answer.context["summary"].changed_ratings == 1
    assert re.search(r'value="theirs" id="theirs-\d+" checked', body)


def test_a_request_with_several_rows_is_no_fault(
    member: Client, load: Load, cinema: list[Movie]
) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    fields = {f"row-{row.pk}": "left-out" for row in job.rows.all()} | {"row-x": "left-out"}
    answer = member.post(f"/import/{job.pk}/choose/", fields, headers=HTMX)
    assert answer.status_code == 200
    assert set(job.rows.values_list("left_out", flat=True)) == {True}
    answer = member.post(f"/import/{job.pk}/choose/", {"row-x": "left-out"}, headers=HTMX)
    assert answer["HX-Refresh"] == "true"


def test_deciding_without_javascript_leads_back(
    member: Client, load: Load, cinema: list[Movie]
) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    row = job.rows.get(title="The Matrix")
    fields = {f"row-{row.pk}": "left-out", "show": "new", "page": "1"}
    answer = member.post(f"/import/{job.pk}/choose/", fields)
    assert answer["Location"] == f"{job.get_absolute_url()}?show=new&page=1"
    assert ImportRow.objects.get(pk=row.pk).outcome == "left-out"
    shown = member.get(f"{job.get_absolute_url()}?show=left-out")
    assert "Include again" in text(shown)


def test_a_film_is_looked_for_by_hand(member: Client, load: Load, cinema: list[Movie]) -> None:
    job = load(HEADER + "2020-01-01,Zzyzx,2010,x,4\n")
    row = job.rows.get()
    query = {"show": "unmatched", "row": row.pk, "find": "alien"}
    whole = member.get(job.get_absolute_url(), query)
    part = member.get(job.get_absolute_url(), query, headers=HTMX)
    for answer in (whole, part):
        assert f'value="film-{cinema[2].pk}"' in answer.content.decode()
    assert part.content.decode().lstrip().startswith("<li")
    query["find"] = "nothing like it"
    assert "No film has that title" in text(member.get(job.get_absolute_url(), query))


def test_namesakes_are_told_apart_by_who_directed_them(member: Client, load: Load) -> None:
    films = [film("Crash", 1996), film("Crash", 1996)]
    for movie, names in zip(films, (["David Cronenberg"], ["A", "B", "C", "D"]), strict=True):
        for position, name in enumerate(names):
            person = Person.objects.create(name=name)
            Credit.objects.create(
                movie=movie, person=person, department="directing", job="Director",
                position=position,
            )  # fmt: skip
    job = load(HEADER + "2020-01-01,Crash,1996,x,4\n")
    row = job.rows.get()
    found_by_hand = {"show": "unmatched", "row": row.pk, "find": "crash"}
    for answer in (
        member.get(job.get_absolute_url()),
        member.get(job.get_absolute_url(), found_by_hand),
        member.get(job.get_absolute_url(), found_by_hand, headers=HTMX),
    ):
        shown = text(answer)
        assert "Crash 1996 David Cronenberg" in shown
        assert "Crash 1996 A, B, C" in shown
        assert "A, B, C, D" not in shown


def test_the_rule_can_be_chosen(
    member: Client, load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    rate(user_id=ada.pk, movie=cinema[0], half_stars=4)
    job = load(exports.LETTERBOXD_RATINGS)
    for rule, changed in (("theirs", 1), ("mine", 0), ("nonsense", 0)):
        member.post(f"/import/{job.pk}/rule/", {"rule": rule})
        answer = member.get(job.get_absolute_url())
        assert answer.context["summary"].changed_ratings == changed
    member.post(f"/import/{job.pk}/apply/", {"rule": "theirs"})
    worked(job)
    assert Rating.objects.get(movie=cinema[0]).half_stars == 9


def test_progress_is_shown_and_ends_with_the_whole_page(
    member: Client, cinema: list[Movie]
) -> None:
    upload(member, exports.LETTERBOXD_RATINGS)
    job = MemberImport.objects.get()
    asks = {**HTMX, "HX-Target": "import-progress"}
    assert "Waiting for its turn" in text(member.get(job.get_absolute_url(), headers=asks))
    progress.tell(job.pk, "suggesting", 30, 120)
    answer = member.get(job.get_absolute_url(), headers=asks)
    assert "<html" not in answer.content.decode()
    assert '<progress value="30" max="120"' in flat(answer)
    assert "30 of 120" in text(answer)
    work(job.pk)
    answer = member.get(job.get_absolute_url(), headers=asks)
    assert answer["HX-Refresh"] == "true"
    assert progress.progress_of(job.pk) is None


def test_nobody_sees_or_changes_the_imports_of_others(
    load: Load, cinema: list[Movie], client: Client
) -> None:
    job = load(exports.LETTERBOXD_RATINGS, "adas.csv")
    client.force_login(get_user_model().objects.create_user("eve"))
    assert client.get(job.get_absolute_url()).status_code == 404
    for action in ("choose", "rule", "answer", "apply", "stop-waiting", "undo", "discard"):
        assert client.post(f"/import/{job.pk}/{action}/").status_code == 404
        assert client.get(f"/import/{job.pk}/{action}/").status_code == 405
    assert job.file_name not in client.get("/import/").content.decode()
    client.logout()
    assert client.get(job.get_absolute_url()).status_code == 302


def test_at_most_three_imports_wait_for_a_member(
    member: Client, load: Load, cinema: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [load(exports.LETTERBOXD_RATINGS) for _ in range(request.MOST_OPEN)]
    answer = upload(member, exports.LETTERBOXD_RATINGS)
    assert answer.status_code == 422
    assert "Finish or discard your other imports first" in text(answer)
    member.post(f"/import/{jobs[0].pk}/discard/")
    assert upload(member, exports.LETTERBOXD_RATINGS).status_code == 302
    monkeypatch.setattr(request, "MOST_KEPT", request.MOST_OPEN)
    assert "the limit of imports" in text(upload(member, exports.LETTERBOXD_RATINGS))


def test_an_import_under_a_later_one_says_so(member: Client, load: Load, matrix: Movie) -> None:
    first = applied(load(HEADER + "2010-01-01,The Matrix,1999,x,3\n"))
    applied(load(HEADER + "2011-01-01,The Matrix,1999,x,4\n", "later.csv"))
    shown = text(member.get(first.get_absolute_url()))
    assert "undo the later one of later.csv first" in shown
    assert "Undo this import" not in shown
    answer = member.post(f"/import/{first.pk}/undo/", follow=True)
    assert "Undo the later import of later.csv first" in text(answer)


def test_the_page_of_a_preview_takes_few_queries_whatever_it_shows(
    member: Client, load: Load, films: list[Movie], django_assert_max_num_queries: Any
) -> None:
    rows = "".join(f"2020-01-01,{m.title},{m.year},x,4\n" for m in films)
    lost = "".join(f"2020-01-01,Fylm {n},1990,x,4\n" for n in range(60))
    job = load(HEADER + rows + lost)
    for show in ("new", "unmatched"):
        member.get(f"{job.get_absolute_url()}?show={show}")
        with django_assert_max_num_queries(14):
            answer = member.get(f"{job.get_absolute_url()}?show={show}")
        assert len(answer.context["page"].object_list) == 30


def test_the_list_of_imports_and_the_ways_to_it(member: Client, load: Load, matrix: Movie) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    shown = member.get("/import/").content.decode()
    assert job.get_absolute_url() in shown
    assert "waiting for you" in shown
    for page in ("/ratings/", "/accounts/profile/"):
        assert 'href="/import/"' in member.get(page).content.decode()
