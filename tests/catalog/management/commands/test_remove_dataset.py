"""`manage.py remove_dataset`: it counts, asks, and does what was confirmed."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.dataset_import.load import import_dataset
from catalog.models import Movie
from tests.catalog import dataset_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path) -> None:
    movies = [(10, "GoldenEye (1995)", "Action")]
    import_dataset(files.movielens(tmp_path / "ml-x", ratings=[(1, 10, 4, 1)], movies=movies))


def test_it_asks_before_it_removes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "n")
    output = io.StringIO()
    with pytest.raises(CommandError, match=r"Nothing was removed\."):
        call_command("remove_dataset", "ml-x", stdout=output)
    assert output.getvalue().startswith(
        "1 raters, their 1 ratings and 1 films would leave. 0 of its films would stay"
    )
    assert Movie.objects.exists()
    monkeypatch.setattr("builtins.input", lambda _: "y")
    call_command("remove_dataset", "ml-x", stdout=output)
    assert "Removed 1 films and 1 ratings." in output.getvalue()
    assert not Movie.objects.exists()


def test_without_a_question() -> None:
    call_command("remove_dataset", "ml-x", "--no-input", stdout=io.StringIO())
    assert not Movie.objects.exists()


def test_an_unknown_dataset_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="No dataset is called 'nothing'"):
        call_command("remove_dataset", "nothing")
