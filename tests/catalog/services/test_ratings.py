"""The service that writes ratings, and that nobody else does."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AbstractUser

from catalog.dataset_import import copied_ratings, upsert_ratings
from catalog.models import HiddenMovie, Movie, Rating
from catalog.services import ratings as rating
from catalog.services.ratings import (
    InvalidRatingError,
    RatedFilm,
    half_stars_of,
    rate,
    rate_many,
    save,
)

ROOT = Path(settings.BASE_DIR)
SITE = ("catalog", "recommender", "moviesite")
SERVICE = Path(rating.__file__)
OF_DATASETS = {Path(upsert_ratings.__file__), Path(copied_ratings.__file__)}

LONG_AGO = datetime(2001, 4, 25, tzinfo=UTC)

IN_SQL = re.compile(
    r'\b(insert\s+into|update|delete\s+from|merge\s+into|truncate|copy)\s+"?catalog_rating\b', re.I
)
WRITING = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"}
WRITING |= {"update", "delete", "set", "add", "remove", "clear"}
WRITING |= {f"a{method}" for method in WRITING}


def film(movie: Movie, half_stars: int) -> RatedFilm:
    return RatedFilm(movie.pk, half_stars, LONG_AGO)


def mine(user: AbstractUser) -> dict[int, int]:
    return dict(Rating.objects.history_of(user.pk).values_list("movie_id", "half_stars"))


def test_half_stars_of_stars() -> None:
    assert [half_stars_of(stars) for stars in ("0.5", "3", 4.5, Decimal("5.0"))] == [1, 6, 9, 10]
    for stars in ("", "good", "0", 5.5, 4.3, "nan", "inf", None):
        with pytest.raises(InvalidRatingError):
            half_stars_of(stars)  # type: ignore[arg-type]


@pytest.mark.parametrize("half_stars", [0, 11, -1])
def test_half_stars_are_from_one_to_ten(
    ada: AbstractUser, films: list[Movie], half_stars: int
) -> None:
    with pytest.raises(InvalidRatingError):
        rate(user_id=ada.pk, movie=films[0], half_stars=half_stars)
    with pytest.raises(InvalidRatingError):
        rate_many(ada.pk, new=[film(films[0], 2), film(films[1], half_stars)])
    with pytest.raises(InvalidRatingError):
        save(Rating(user=ada, movie=films[0], half_stars=half_stars))
    assert not Rating.objects.exists()


def test_many_new_ones_in_order_and_many_changed_ones(
    ada: AbstractUser, films: list[Movie]
) -> None:
    first, second, third, fourth = films[:4]
    rate(user_id=ada.pk, movie=second, half_stars=2)
    HiddenMovie.objects.bulk_create(HiddenMovie(user=ada, movie=movie) for movie in films[:5])
    written = rate_many(
        ada.pk,
        new=[film(third, 6), film(first, 4), film(second, 10)],
        changed=[film(fourth, 8)],
    )
    assert written == {third.pk, first.pk}, "one is there already, and one is not"
    assert list(mine(ada).items()) == [(third.pk, 6), (first.pk, 4), (second.pk, 2)]
    assert rate_many(ada.pk, changed=[film(second, 9), film(fourth, 8)]) == {second.pk}
    assert mine(ada) == {third.pk: 6, first.pk: 4, second.pk: 9}
    assert set(HiddenMovie.objects.values_list("movie_id", flat=True)) == {fourth.pk, films[4].pk}
    second.refresh_from_db()
    assert (second.rating_count, second.half_star_sum) == (1, 9)


# Who writes, in the source.


def test_nobody_else_writes_ratings() -> None:
    writers = {path for path in sources() if list(writes(path.read_text()))}
    assert writers == {SERVICE, *OF_DATASETS}


def test_nobody_else_tells_of_them() -> None:
    sending = re.compile(r"\bratings_changed\s*\.\s*a?send")
    assert {path for path in sources() if sending.search(path.read_text())} == {SERVICE}


@pytest.mark.parametrize(
    "source",
    [
        "Rating.objects.create(user=ada)",
        "Rating.objects.filter(user=ada).order_by('pk').delete()",
        "models.Rating._base_manager.bulk_create(rows)",
        "ada.ratings.all().update(half_stars=1)",
        "mine = Rating.objects.filter(user=ada)\nmine.filter(movie=1).delete()",
        "for one in Rating.objects.all():\n    one.save()",
        "found: Rating | None = first()\nfound.delete()",
        "def change(rating: Rating) -> None:\n    rating.save(update_fields=['half_stars'])",
        "Rating(user=ada).save()",
        "cursor.execute('INSERT INTO catalog_rating (user_id) VALUES (1)')",
        "cursor.execute(f'UPDATE catalog_rating SET half_stars = {half_stars}')",
        'cursor.execute(f"DELETE FROM {Rating._meta.db_table}")',
        "cursor.copy_expert('COPY catalog_rating FROM STDIN', file)",
        "upsert(cursor, table='catalog_rating')",
    ],
)
def test_a_writer_is_found(source: str) -> None:
    assert list(writes(source))


@pytest.mark.parametrize(
    "source",
    [
        "Rating.objects.filter(user=ada).count()",
        "WatchlistEntry.objects.create(user=ada)",
        "cursor.execute('SELECT FROM catalog_rating FOR UPDATE')",
        "cursor.execute('UPDATE catalog_movie SET rating_count = 0')",
        "movies.update(rating_count=0)",
    ],
)
def test_a_reader_is_none(source: str) -> None:
    assert not list(writes(source))


def sources() -> Iterator[Path]:
    for package in SITE:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def writes(source: str) -> Iterator[int]:
    """Lines of Python source that write ratings."""
    tree = ast.parse(source)
    ratings = set(_names_of_ratings(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=method, value=of)) if method in WRITING:
                if _is_of_ratings(of) or _root(of) in ratings:
                    yield node.lineno
            case ast.JoinedStr() | ast.Constant(value=str()):
                text = _text(node)
                if IN_SQL.search(text) or text == "catalog_rating":
                    yield node.lineno


def _names_of_ratings(tree: ast.AST) -> Iterator[str]:
    """Variables and arguments that hold ratings, or a query for them."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_of_ratings(value):
                yield name
            case ast.For(target=ast.Name(id=name), iter=value) if _is_of_ratings(value):
                yield name
            case (
                ast.AnnAssign(target=ast.Name(id=name), annotation=ast.AST() as kind)
                | ast.arg(arg=name, annotation=ast.AST() as kind)
            ):
                if re.search(r"\bRating(QuerySet)?\b", ast.unparse(kind)):
                    yield name


def _is_of_ratings(node: ast.AST) -> bool:
    """``Rating…``, ``models.Rating…`` or ``user.ratings…``, whatever is called on it."""
    return bool(re.match(r"(\w+\.)*(Rating\b|ratings\.)", ast.unparse(node)))


def _root(node: ast.AST) -> str:
    """The variable at the beginning of a chain of calls, attributes and indices."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    table = "Rating._meta.db_table"
    return "".join(
        str(part.value)
        if isinstance(part, ast.Constant)
        else ("catalog_rating" if ast.unparse(part).strip("f'{}") == table else "…")
        for part in node.values
    )
