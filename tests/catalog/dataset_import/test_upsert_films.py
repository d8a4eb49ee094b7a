"""Films that several datasets have are one film, and the better words stay."""

from pathlib import Path

import pytest

from catalog.dataset_import.load import import_dataset
from catalog.models import Link, Movie
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
