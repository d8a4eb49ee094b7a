"""Names and numbers in the reader's language."""

import pytest
from django.utils.translation import override

from catalog.forms.browse import DECADES, BrowseForm, RatingsForm
from catalog.rendering.language_names import OTHERS, language_name


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        ("fr", "French", "Französisch"),
        ("zh", "Mandarin", "Mandarin"),
        ("cn", "Cantonese", "Kantonesisch"),
        ("no", "Norwegian", "Norwegisch"),
        ("xx", "No language", "Ohne Sprache"),
        ("qq", "qq", "qq"),
        ("", "", ""),
    ],
)
def test_languages_are_named_in_the_readers_own(code: str, english: str, german: str) -> None:
    assert language_name(code) == english
    with override("de"):
        assert language_name(code) == german


def test_a_name_that_only_the_dataset_has_is_better_than_a_code() -> None:
    assert language_name("qq", {"qq": "Quenya"}) == "Quenya"
    assert all(len(code) == 2 for code in OTHERS)


def test_choices_made_at_the_start_of_a_process_follow_the_reader() -> None:
    labels = dict(DECADES)
    stars = dict(RatingsForm.base_fields["stars"].choices)  # type: ignore[attr-defined]
    assert (str(labels["1990"]), str(stars["9"])) == ("1990s", "4.5 ★")
    with override("de"):
        assert (str(labels["1990"]), str(stars["9"]), str(stars["8"])) == ("1990er", "4,5 ★", "4 ★")
        shown = dict(BrowseForm.base_fields["decade"].choices)  # type: ignore[attr-defined]
        assert str(shown["1980"]) == "1980er"
