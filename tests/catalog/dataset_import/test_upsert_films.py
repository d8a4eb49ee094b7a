"""Films that several datasets have are one film, and the better words stay."""

from pathlib import Path

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.dataset_import.load import import_dataset
from catalog.datasets.report import Report
from catalog.models import FilmTranslation, Genre, Link, Movie, Origin, Rating
from catalog.services.provenance import record_origin, set_lock
from catalog.services.ratings import rate
from tests.catalog import dataset_files as files

pytestmark = pytest.mark.django_db

HEAT = files.metadata_row(
    id=949,
    imdb_id="tt0113277",
    title="Heat",
    overview="A heist.",
    genres="[{'id': 80, 'name': 'Crime'}]",
    release_date="1995-12-15",
)


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    return files.movies_dataset(
        tmp_path / "kaggle", ratings=[(1, 6, 4, 1)], links=[(6, "0113277", "949")], metadata=[HEAT]
    )


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    return files.movielens(
        tmp_path / "ml-1",
        ratings=[(1, 6, 5, 1)],
        movies=[(6, "Heat (Hitze) (1996)", "Action|Crime|Thriller")],
        links=[(6, "0113277", "949")],
    )


@pytest.mark.parametrize("metadata_first", [True, False])
def test_metadata_win_over_titles_whichever_comes_first(
    metadata: Path, titles: Path, metadata_first: bool
) -> None:
    for path in (metadata, titles) if metadata_first else (titles, metadata):
        import_dataset(path)
    film = Movie.objects.get()
    assert (film.title, film.original_title, film.year) == ("Heat", "", 1995)
    assert (film.overview, film.rating_count) == ("A heist.", 2)
    assert [genre.name for genre in film.genres.all()] == ["Crime"]
    assert not import_dataset(metadata).changed
    assert not import_dataset(titles).changed


def test_a_placeholder_gets_its_title_when_one_is_known(tmp_path: Path, titles: Path) -> None:
    bare = files.movies_dataset(
        tmp_path / "bare", ratings=[(1, 6, 4, 1)], links=[(6, "0113277", "")], metadata=[]
    )
    titles.rename(tmp_path / "later")  # not a sibling whose name begins with ml-
    import_dataset(bare)
    assert Movie.objects.get().title == "Untitled film tt0113277"
    import_dataset(tmp_path / "later")
    film = Movie.objects.get()
    assert (film.title, film.year, film.search_title) == ("Heat", 1996, "\nheat\nhitze\n")
    assert not import_dataset(bare).changed
    assert Movie.objects.get().title == "Heat"


def test_films_are_one_by_the_imdb_id_where_movielens_is_not_known(
    tmp_path: Path, titles: Path
) -> None:
    unlinked = files.movies_dataset(
        tmp_path / "kaggle", ratings=[(1, 9, 3, 1)], links=[(9, "0000009", "9")], metadata=[HEAT]
    )
    import_dataset(unlinked)
    import_dataset(titles)
    film = Movie.objects.get(link__tmdb_id=949)
    assert (film.title, film.link.movielens_id, film.link.tmdb_id) == ("Heat", 6, 949)


def hundred_k(folder: Path, items: list[str]) -> Path:
    files.write_lines(
        folder / "ml-100k.inter",
        [
            "user_id:token\titem_id:token\trating:float\ttimestamp:float",
            *(f"1\t{item.split(chr(9))[0]}\t3\t1" for item in items),
        ],
    )
    files.write_lines(
        folder / "ml-100k.item",
        ["item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq", *items],
    )
    return folder


def test_100k_has_ids_of_its_own_and_joins_by_title_and_year(tmp_path: Path, titles: Path) -> None:
    import_dataset(titles)
    # 6 is another film's number here, and the same film may be there twice.
    items = ["6\tOther\t1996\tDrama", "273\tHeat\t1996\tCrime", "900\tHeat\t1996\tCrime"]
    path = hundred_k(tmp_path / "ml-100k", items)
    report = import_dataset(path)
    assert (report.counts["movies"].loaded, report.counts["ratings"].loaded) == (2, 3)
    numbers = set(Link.objects.values_list("movie__title", "movielens_id", "ml_100k_id"))
    assert numbers == {("Heat", 6, 273), ("Heat", None, 900), ("Other", None, 6)}
    assert not import_dataset(path).changed
    assert not import_dataset(titles).changed


def test_titles_join_a_100k_that_came_first(tmp_path: Path, titles: Path) -> None:
    import_dataset(hundred_k(tmp_path / "ml-100k", ["273\tHeat\t1996\tCrime"]))
    import_dataset(titles)
    link = Link.objects.get()
    assert (link.movielens_id, link.ml_100k_id, link.imdb_id) == (6, 273, "tt0113277")


def test_namesakes_of_which_the_ids_differ_stay_two(tmp_path: Path, titles: Path) -> None:
    import_dataset(titles)
    remake = files.movielens(
        tmp_path / "ml-2",
        ratings=[(1, 60, 5, 1)],
        movies=[(60, "Heat (1996)", "Action")],
        links=[(60, "0999999", "999")],
    )
    import_dataset(remake)
    assert Movie.objects.filter(title="Heat").count() == 2


def test_a_newer_edition_keeps_members_ratings_and_links(tmp_path: Path, ada: AbstractUser) -> None:
    old = files.movielens(
        tmp_path / "ml-old",
        ratings=[(1, 6, 5, 1), (1, 7, 2, 1)],
        movies=[(6, "Heat (1995)", "Crime"), (7, "Sabrina (1995)", "Comedy")],
        links=[(6, "0113277", "949"), (7, "0114319", "11860")],
    )
    import_dataset(old)
    heat, sabrina = Movie.objects.order_by("pk")
    rate(user_id=ada.pk, movie=heat, half_stars=9)
    rate(user_id=ada.pk, movie=sabrina, half_stars=3)
    newer = files.movielens(
        tmp_path / "ml-new",
        ratings=[(1, 6, 1, 2), (2, 8, 4, 2)],
        # A title written anew, an id taken back, a film left out, and one that is new.
        movies=[(6, "Heat (a.k.a. Hitze) (1995)", "Action"), (8, "Tenet (2020)", "Action")],
        links=[(6, "0113277", ""), (8, "6723592", "577922")],
    )
    report = import_dataset(newer)
    assert (report.counts["movies"].loaded, report.counts["ratings"].loaded) == (1, 2)
    assert set(Link.objects.values_list("movielens_id", "imdb_id", "tmdb_id")) == {
        (6, "tt0113277", 949),
        (7, "tt0114319", 11860),
        (8, "tt6723592", 577922),
    }
    mine = Rating.objects.filter(user=ada).order_by("movie_id")
    assert [(r.movie_id, r.half_stars) for r in mine] == [(heat.pk, 9), (sabrina.pk, 3)]
    names = Rating.objects.exclude(user=ada).values_list("user__username", flat=True)
    assert sorted(names) == ["ml-new-1", "ml-new-2", "ml-old-1", "ml-old-1"]
    assert not import_dataset(old).changed
    assert not import_dataset(newer).changed


def test_a_film_that_was_added_by_hand_is_not_doubled(titles: Path) -> None:
    by_hand = Movie.objects.create(title="Heat", year=1996)
    import_dataset(titles)
    assert Movie.objects.get() == by_hand
    assert by_hand.link.movielens_id == 6


LOCKED = ("title", "overview", "genres", "collection", "links", "runtime")


@pytest.fixture
def edited(titles: Path) -> Movie:
    """A film of which an editor has written everything, and locked some."""
    import_dataset(titles)
    film = Movie.objects.get()
    film.title, film.overview, film.tagline = "HEAT", "Mine.", "Mine."
    film.original_title = "Mine"
    film.save()
    film.genres.set([Genre.objects.create(name="Mine", slug="mine")])
    record_origin([film], ["original_title", "tagline", *LOCKED], Origin.EDITOR)
    for field in LOCKED:
        set_lock(film, field, locked=True)
    return film


def test_locked_fields_keep_their_values(tmp_path: Path, edited: Movie) -> None:
    cells = {"tagline": "Theirs.", "runtime": "170", "status": "Released"}
    cells["belongs_to_collection"] = "{'id': 1, 'name': 'Heists'}"
    row = files.metadata_row(id=950, imdb_id="tt0113277", title="Heat", overview="Theirs.", **cells)
    path = files.movies_dataset(
        tmp_path / "kaggle", ratings=[(1, 6, 4, 1)], links=[(6, "0113277", "950")], metadata=[row]
    )
    import_dataset(path)
    film = Movie.objects.get()
    assert (film.title, film.original_title, film.overview) == ("HEAT", "", "Mine.")
    assert (film.tagline, film.status, film.runtime) == ("Theirs.", "Released", None)
    assert (film.collection, film.link.tmdb_id) == (None, 949)
    assert [genre.name for genre in film.genres.all()] == ["Mine"]
    assert film.search_title == "\nheat\n"
    # What was replaced is a dataset's now, what is locked is still the editor's.
    assert set(film.provenance.values_list("field", "locked")) == {(f, True) for f in LOCKED}
    assert not import_dataset(path).changed


def test_fields_of_tmdb_become_the_datasets_where_it_knows_them(
    metadata: Path, titles: Path
) -> None:
    import_dataset(titles)
    film = Movie.objects.get()
    record_origin([film], ["overview", "tagline", "genres", "year"], Origin.TMDB)
    import_dataset(titles)
    assert film.provenance.count() == 4
    import_dataset(metadata)
    assert set(film.provenance.values_list("field", "origin")) == {("tagline", "tmdb")}


def test_a_preview_counts_what_the_import_then_does(metadata: Path, titles: Path) -> None:
    import_dataset(titles)
    before = list(Movie.objects.values())
    preview = import_dataset(metadata, report=Report(preview=True))
    assert list(Movie.objects.values()) == before
    assert preview.changes["movies: overview"] == 1
    assert ["Heat", "overview", "", "A heist."] in preview.samples["changes"]
    assert preview.samples["films"] == [["Heat", "1995", "6", "tt0113277", "949"]]
    assert preview.samples["ratings"] == [["1", "Heat", "4.0", "1970-01-01 00:00"]]
    counts = import_dataset(metadata).counts
    assert preview.counts == counts
    again = import_dataset(metadata, report=Report(preview=True))
    assert not again.changed


def test_a_film_is_still_found_by_its_titles_in_other_languages(metadata: Path) -> None:
    import_dataset(metadata)
    film = Movie.objects.get()
    FilmTranslation.objects.create(movie=film, language="de", title="Die Hitze")
    film.save()
    assert not import_dataset(metadata).changed
    Movie.objects.update(title="Untrue")
    import_dataset(metadata)
    assert Movie.objects.get().search_title == "\nheat\ndie hitze\n"
