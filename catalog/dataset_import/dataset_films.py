"""Which films a dataset has, and which of them came with it."""

from typing import Any

from catalog.models import Dataset


def note_films(cursor: Any, dataset: Dataset, *, legacy: bool) -> None:
    """Keep the staged films as the dataset's.

    ``legacy`` is a dataset that was loaded before this was kept: what no other one has, it brought.
    """
    nobody_elses = "NOT EXISTS (SELECT FROM catalog_datasetmovie o WHERE o.movie_id = s.movie_id)"
    brought = f"(s.is_new OR {nobody_elses})" if legacy else "s.is_new"
    cursor.execute(
        f"""
        INSERT INTO catalog_datasetmovie (dataset_id, movie_id, brought)
        SELECT %s, s.movie_id, {brought} FROM stage_movie s
        WHERE NOT EXISTS (SELECT FROM catalog_datasetmovie d
                          WHERE d.dataset_id = %s AND d.movie_id = s.movie_id)
        """,  # noqa: S608
        [dataset.pk, dataset.pk],
    )
