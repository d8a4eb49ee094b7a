"""The form of the filters speaks the reader's language."""

import pytest
from django.utils.translation import override

from recommender.forms import PreferencesForm
from tests.recommender.world import World


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ["Comedy", "Drama", "Horror"]), ("de", ["Drama", "Horror", "Komödie"])],
)
def test_genres_are_named_and_ordered_as_the_reader_says_them(
    world: World, language: str, names: list[str]
) -> None:
    with override(language):
        form = PreferencesForm()
        choices = form.fields["include_genres"].choices  # type: ignore[attr-defined]
        assert [label for _, label in choices] == names
        ids = {genre.name: genre.pk for genre in world.genres}
        comedy = next(key for key, label in choices if label in ("Comedy", "Komödie"))
        assert comedy == ids["Comedy"]
