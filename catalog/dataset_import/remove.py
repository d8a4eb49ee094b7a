"""Undoing a dataset: its raters, their ratings and its films leave; what members did stays.

A film stays when another dataset has it, when somebody else has rated it, when anything of a
member's hangs on it, or when an editor has written on it.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, models, transaction

from catalog.datasets.records import DatasetError
from catalog.models import Dataset, Movie, Origin, Rating
from catalog.models.dataset import CREDITS_CACHE_KEY
from catalog.services.ratings import announce

from .load import Say, analyze, lock_imports
from .upsert_ratings import delete_ratings_of

RATERS = """
CREATE TEMPORARY TABLE leaving_rater ON COMMIT DROP AS
SELECT id FROM {user} WHERE imported AND username LIKE %(prefix)s AND username ~ %(pattern)s
"""
# A dataset that was loaded before its films were kept has those that its raters rated.
FILMS = """
CREATE TEMPORARY TABLE leaving_film ON COMMIT DROP AS
SELECT movie_id AS id, NULL::text AS stays FROM catalog_datasetmovie
WHERE dataset_id = %(dataset)s AND brought
UNION
SELECT movie_id, NULL FROM catalog_rating WHERE user_id IN (SELECT id FROM leaving_rater)
AND NOT EXISTS (SELECT FROM catalog_datasetmovie WHERE dataset_id = %(dataset)s)
"""


@dataclass(frozen=True)
class Removal:
    """What leaves with a dataset, and how many of its films stay, by the first reason."""

    raters: int
    ratings: int
    films: int
    in_other_datasets: int
    of_members: int
    edited: int

    @property
    def films_that_stay(self) -> int:
        return self.in_other_datasets + self.of_members + self.edited

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def count_removal(slug: str) -> Removal:
    """What `remove_dataset` would do. Raises DatasetError where no such dataset is loaded."""
    with transaction.atomic(), connection.cursor() as cursor:
        removal = _mark(cursor, _dataset(slug))
        cursor.execute("DROP TABLE leaving_rater, leaving_film")
    return removal


def remove_dataset(slug: str, *, say: Say | None = None) -> Removal:
    """Take a dataset out again, all of it or nothing.

    Raises
    ------
    DatasetError
        When no such dataset is loaded, or an import is running.
    """
    say = say or (lambda _phase: None)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_imports(cursor)
        dataset = _dataset(slug)
        say("Counting")
        removal = _mark(cursor, dataset)
        say("Removing ratings")
        delete_ratings_of(cursor, "leaving_rater")
        say("Removing films")
        cursor.execute("DELETE FROM leaving_film WHERE stays IS NOT NULL")
        _pass_on(cursor, dataset)
        _delete(cursor, Movie, "leaving_film")
        say("Removing raters")
        _delete(cursor, get_user_model(), "leaving_rater")
        cursor.execute("DELETE FROM catalog_datasetmovie WHERE dataset_id = %s", [dataset.pk])
        dataset.delete()
        cursor.execute("DROP TABLE leaving_rater, leaving_film")
        say("Finishing")
        announce(None)
        transaction.on_commit(lambda: cache.delete(CREDITS_CACHE_KEY))
    analyze()
    return removal


def _dataset(slug: str) -> Dataset:
    dataset = Dataset.objects.filter(slug=slug).first()
    if dataset is None:
        loaded = ", ".join(Dataset.objects.order_by("slug").values_list("slug", flat=True))
        raise DatasetError(f"No dataset is called {slug!r}; loaded are: {loaded or 'none'}.")
    return dataset


def _mark(cursor: Any, dataset: Dataset) -> Removal:
    """Fill ``leaving_rater`` and ``leaving_film``; films that stay have their reason there."""
    user = get_user_model()._meta.db_table
    names = {"prefix": f"{dataset.slug}-%", "pattern": f"^{dataset.slug}-[0-9]+$"}
    cursor.execute(RATERS.format(user=user), names)
    cursor.execute("ANALYZE leaving_rater")
    cursor.execute(FILMS, {"dataset": dataset.pk})
    cursor.execute("ANALYZE leaving_film")
    for reason, condition in _reasons_to_stay(dataset):
        cursor.execute(
            f"UPDATE leaving_film f SET stays = %s WHERE stays IS NULL AND {condition}",  # noqa: S608
            [reason],
        )
    cursor.execute(
        """
        SELECT (SELECT count(*) FROM leaving_rater),
               (SELECT count(*) FROM catalog_rating
                WHERE user_id IN (SELECT id FROM leaving_rater)),
               count(*) FILTER (WHERE stays IS NULL), count(*) FILTER (WHERE stays = 'others'),
               count(*) FILTER (WHERE stays = 'members'), count(*) FILTER (WHERE stays = 'edited')
        FROM leaving_film
        """
    )
    return Removal(*cursor.fetchone())


def _reasons_to_stay(dataset: Dataset) -> list[tuple[str, str]]:
    user = get_user_model()._meta.db_table
    reasons = [
        (
            "members",
            f"""f.id IN (SELECT r.movie_id FROM catalog_rating r JOIN {user} u ON u.id = r.user_id
                         WHERE NOT u.imported)""",  # noqa: S608
        )
    ]
    for relation in _relations_to(Movie):
        table, column = relation.related_model._meta.db_table, relation.field.column
        if relation.related_model is not Rating and _is_personal(relation.related_model):
            reasons.append(("members", f"EXISTS (SELECT FROM {table} p WHERE p.{column} = f.id)"))
    edited = f"""EXISTS (SELECT FROM catalog_fieldprovenance p
                         WHERE p.movie_id = f.id AND p.origin = '{Origin.EDITOR}')"""
    others = f"""EXISTS (SELECT FROM catalog_datasetmovie d
                         WHERE d.movie_id = f.id AND d.dataset_id <> {dataset.pk:d})"""
    rated = """f.id IN (SELECT movie_id FROM catalog_rating
                        WHERE user_id NOT IN (SELECT id FROM leaving_rater))"""
    return [*reasons, ("edited", edited), ("others", others), ("others", rated)]


def _pass_on(cursor: Any, dataset: Dataset) -> None:
    """What this one brought and others have too has come with those from now on."""
    cursor.execute(
        """
        UPDATE catalog_datasetmovie o SET brought = true FROM catalog_datasetmovie d
        WHERE d.dataset_id = %s AND d.brought AND o.movie_id = d.movie_id
          AND o.dataset_id <> d.dataset_id AND NOT o.brought
        """,
        [dataset.pk],
    )


def _delete(cursor: Any, model: type[models.Model], leaving: str) -> None:
    """Delete the rows whose keys are in a table, and those of other tables that hang on them."""
    for relation in _relations_to(model):
        table, column = relation.related_model._meta.db_table, relation.field.column
        condition = f"{column} IN (SELECT id FROM {leaving})"  # noqa: S608
        if relation.on_delete is models.SET_NULL:
            cursor.execute(f"UPDATE {table} SET {column} = NULL WHERE {condition}")  # noqa: S608
        else:
            cursor.execute(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608
    cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id IN (SELECT id FROM {leaving})")  # noqa: S608


def _relations_to(model: type[models.Model]) -> list[models.ForeignObjectRel]:
    """Each foreign key to a model, those of its own lists included."""
    return [
        field
        for field in model._meta.get_fields(include_hidden=True)
        if isinstance(field, models.ManyToOneRel)
    ]


def _is_personal(model: type[models.Model]) -> bool:
    """Somebody's: it belongs to a user, or to something that does."""
    owners = {field.related_model for field in model._meta.concrete_fields} - {Movie}
    user = get_user_model()
    return user in owners or any(
        field.related_model is user
        for owner in owners
        if owner is not None
        for field in owner._meta.concrete_fields
    )
