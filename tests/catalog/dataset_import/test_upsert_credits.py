"""The Movies Dataset's credits and keywords: with their dirt, once, and under what came later."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.transaction import atomic

from catalog.dataset_import.load import import_dataset
from catalog.datasets.records import DatasetError
from catalog.datasets.report import Count, Report
from catalog.models import Credit, FieldProvenance, Keyword, Link, Movie, Origin, Person
from catalog.services.credits import set_credits, set_keywords
from catalog.tmdb.records import CreditRecord, KeywordRecord
from tests.catalog import dataset_files as files
from tests.catalog.people import cast_cell, crew_cell, write_credits, write_keywords

pytestmark = pytest.mark.django_db

TABLES = ("catalog_person", "catalog_credit", "catalog_keyword", "catalog_keyword_movies")
GOLDENEYE_CAST = [
    cast_cell(517, "Pierce Brosnan", "James Bond", 0),
    cast_cell(48, "Sean Bean", "Alec Trevelyan", 1, profile_path=None),
    cast_cell(10695, "Izabella Scorupco", "Natalya 'Fyodorovna' Simonova", 2),
]
GOLDENEYE_CREW = [
    crew_cell(10702, "Martin Campbell", "Director", "Directing"),
    crew_cell(10703, "Jeffrey Caine", "Screenplay", "Writing"),
    crew_cell(10704, "Éric Serra", "Original Music Composer", "Sound"),
    crew_cell(10705, "Barbara Broccoli", "Producer", "Production"),
]
GOLDENEYE = (repr(GOLDENEYE_CAST), repr(GOLDENEYE_CREW), 710)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = files.movies_dataset(
        tmp_path / "kaggle",
        ratings=[(1, 10, 3.5, 1000)],
        links=[(10, "0113189", "710"), (20, "0110413", "101")],
        metadata=[
            files.metadata_row(id=710, imdb_id="tt0113189", title="GoldenEye"),
            files.metadata_row(id=101, imdb_id="tt0110413", title="Leon: The Professional"),
        ],
    )
    write_credits(folder, [GOLDENEYE])
    write_keywords(folder, [(710, "[{'id': 701, 'name': 'cuba'}, {'id': 769, 'name': 'falsely'}]")])
    return folder


def film(tmdb_id: int = 710) -> Movie:
    return Movie.objects.get(link__tmdb_id=tmdb_id)


def fingerprint() -> dict[str, list[tuple[object, ...]]]:
    """Where every row lies and which transaction wrote it: an update would move it."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT id, ctid::text, xmin::text FROM {table} ORDER BY id")  # noqa: S608
            rows[table] = cursor.fetchall()
    return rows


def test_cast_crew_and_keywords_are_stored(folder: Path) -> None:
    report = import_dataset(folder)
    lines = (
        film()
        .credits.order_by("position")
        .values_list("person__name", "department", "job", "character")
    )
    assert list(lines) == [
        ("Pierce Brosnan", "acting", "", "James Bond"),
        ("Sean Bean", "acting", "", "Alec Trevelyan"),
        ("Izabella Scorupco", "acting", "", "Natalya 'Fyodorovna' Simonova"),
        ("Martin Campbell", "directing", "Director", ""),
        ("Jeffrey Caine", "writing", "Screenplay", ""),
        ("Éric Serra", "music", "Original Music Composer", ""),
    ]
    assert {keyword.name for keyword in film().keywords.all()} == {"cuba", "falsely"}
    assert report.counts["people"] == Count(read=6, loaded=6)
    assert report.counts["credits"] == Count(read=6, loaded=6)
    assert report.counts["films with credits"] == Count(read=1)
    person = Person.objects.get(tmdb_id=10704)
    assert (person.search_name, person.profile_path, person.credit_count) == (
        " eric serra ",
        "",
        1,
    )
    assert not FieldProvenance.objects.exists(), "what a dataset brings has no row"


def test_a_second_time_writes_nothing(folder: Path) -> None:
    import_dataset(folder)
    before = fingerprint()
    report = import_dataset(folder)
    assert fingerprint() == before
    assert not report.changed


def test_a_changed_file_changes_those_lines_only(folder: Path) -> None:
    import_dataset(folder)
    kept = Credit.objects.get(person__tmdb_id=517).pk
    write_credits(folder, [(repr(GOLDENEYE_CAST[:1]), repr(GOLDENEYE_CREW[:1]), 710)])
    write_keywords(folder, [(710, "[{'id': 701, 'name': 'cuba'}]")])
    import_dataset(folder)
    assert set(film().credits.values_list("person__tmdb_id", flat=True)) == {517, 10702}
    assert Credit.objects.get(person__tmdb_id=517).pk == kept
    assert [keyword.name for keyword in film().keywords.all()] == ["cuba"]
    assert Person.objects.get(tmdb_id=48).credit_count == 0


def test_dirt_is_dealt_with_and_told_of(folder: Path) -> None:
    odd = [
        cast_cell(517, "Pierce Brosnan", "James Bond", 0, profile_path=None),
        cast_cell(0, "Nobody", "", 1),
        cast_cell(9, "", "No name", 2),
        {"name": "No id at all"},
        cast_cell(66, "Known From Elsewhere", "", 3, adult=True),
        {**cast_cell(77, "No Order", "Late", 4), "order": None},
        {**cast_cell(88, "", "", 5), "name": None, "character": None},
    ]
    write_credits(
        folder,
        [
            GOLDENEYE,
            (repr(odd), "[]", 101),
            (repr(GOLDENEYE_CAST), "[]", 710),
            ("[{'id': 1, 'name': 'cut", "[]", 101_000),
            ("nonsense", "None", 102_000),
            ("[1, 2]", "[]", 103_000),
            (repr(GOLDENEYE_CAST), "[]", 999_999),
            (repr(GOLDENEYE_CAST), "[]", "1997-08-20"),
            ("", "", 104_000),
        ],
    )
    report = Report()
    import_dataset(folder, report=report)
    assert [c.person.name for c in film(101).credits.all()] == ["Pierce Brosnan", "No Order"]
    assert Person.objects.get(tmdb_id=517).profile_path == "/person517.jpg"
    assert report.remarks["repeated ids in credits.csv, first row taken"] == 1
    assert report.remarks["credits without a person's id or name"] == 4
    assert report.remarks["credits of people known from films for adults only"] == 1
    assert report.remarks["films with credits that the metadata do not have"] == 1
    assert report.counts["films with credits"].rejected == 4
    assert {(row.line, row.reason) for row in report.problems} == {
        (5, "cast is no list of records"),
        (6, "cast is no list of records"),
        (7, "cast is no list of records"),
        (9, "the id '1997-08-20' is no number"),
    }
    assert not Movie.objects.filter(link__tmdb_id=999_999).exists()


def test_what_tmdb_or_an_editor_wrote_stays(folder: Path) -> None:
    import_dataset(folder)
    newer = CreditRecord(1, "Somebody Newer", "", "crew", "Director", "", 0)
    set_credits(film(), [newer], origin=Origin.TMDB)
    set_keywords(film(), [KeywordRecord(5, "newer")], origin=Origin.EDITOR)
    import_dataset(folder)
    assert [credit.person.name for credit in film().credits.all()] == ["Somebody Newer"]
    assert [keyword.name for keyword in film().keywords.all()] == ["newer"]


def test_known_people_keep_their_names_and_get_a_picture(folder: Path) -> None:
    Person.objects.create(tmdb_id=517, name="P. Brosnan")
    Person.objects.create(tmdb_id=10695, name="Izabella", locked=True)
    import_dataset(folder)
    assert Person.objects.get(tmdb_id=517).name == "P. Brosnan"
    assert Person.objects.get(tmdb_id=517).profile_path == "/person517.jpg"
    assert Person.objects.get(tmdb_id=10695).profile_path == ""


def test_credits_go_by_the_id_of_the_metadata_not_of_the_link(folder: Path) -> None:
    # The link of MovieLens's 10 says TMDB 101, and the IMDb id of the row with the id 710.
    files.write_csv(folder / "links_small.csv", files.LINKS, [(10, "0113189", "101")])
    write_credits(folder, [GOLDENEYE, ("[]", repr(GOLDENEYE_CREW[:1]), 101)])
    import_dataset(folder)
    linked = Link.objects.get(movielens_id=10).movie
    assert linked.title == "GoldenEye"
    assert linked.credits.count() == 6


def test_without_these_files_a_dataset_is_as_before(folder: Path) -> None:
    (folder / "credits.csv").unlink()
    (folder / "keywords.csv").unlink()
    report = import_dataset(folder)
    assert Movie.objects.count() == 2
    assert not {"people", "credits", "keywords"} & set(report.counts)
    assert not Person.objects.exists()
    assert not Keyword.objects.exists()


def test_packed_files_are_read(folder: Path) -> None:
    files.pack(folder, "gz")
    import_dataset(folder)
    assert film().credits.count() == 6


def test_a_missing_column_is_named_and_nothing_is_stored(folder: Path) -> None:
    files.write_csv(folder / "credits.csv", ("cast", "id"), [("[]", 710)])
    with pytest.raises(DatasetError, match=r"credits\.csv has no column 'crew'"), atomic():
        import_dataset(folder)
    assert not Movie.objects.exists()
