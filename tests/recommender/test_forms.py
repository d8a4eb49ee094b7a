"""The form of the filters speaks the reader's language."""

import pytest
from django.utils.translation import override

from catalog.models import Movie
from recommender.forms import PreferencesForm, RowForm
from recommender.pages.group_filters import GroupForm
from recommender.serving.live_catalog import live_catalog
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


def test_nothing_is_asked_that_no_film_of_the_site_has(world: World) -> None:
    wanted = {"length", "language", "languages", "runtime_from", "runtime_to"}

    def asked() -> set[str]:
        live_catalog.forget()
        forms = (PreferencesForm(), RowForm(), GroupForm(country="DE"))
        return {name for form in forms for name in form.fields}

    assert wanted <= asked()
    Movie.objects.update(runtime=None, original_language="")
    assert not wanted & asked()
