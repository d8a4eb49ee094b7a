"""Film cards and predicted stars: what they say, in the words and numbers of the reader."""

import re
from dataclasses import dataclass

import pytest
from django.utils import translation
from django.utils.safestring import SafeString

from catalog.models import Movie
from catalog.rendering import film_cards
from catalog.rendering.film_cards import (
    cover,
    film_card,
    forget_drawings,
    predicted_stars,
    recommended_items,
    stars_in_words,
)

pytestmark = pytest.mark.usefixtures("plain_static")


@dataclass(frozen=True)
class Reason:
    movie: Movie


@dataclass(frozen=True)
class Card:
    movie: Movie
    predicted_rating: float | None = None
    is_uncertain: bool = False
    reasons: tuple[Reason, ...] = ()


def film(title: str = "Amélie", year: int | None = 2001) -> Movie:
    made = Movie(pk=7, title=title, year=year)
    made.__dict__["genre_list"] = []
    return made


def test_what_comes_from_data_is_escaped() -> None:
    reasons = [Reason(film("<i>Heat</i>"))]
    drawn = film_card(film("<b>M</b>"), for_member=True, reasons=reasons)
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "Rate or save &lt;b&gt;M&lt;/b&gt;" in drawn
    assert "Because of &lt;i&gt;Heat&lt;/i&gt;" in drawn


def test_a_card_names_two_reasons_at_most() -> None:
    reasons = tuple(Reason(film(title)) for title in ("Heat", "Ran", "M"))
    drawn, _marks = recommended_items([Card(film(), reasons=reasons)], for_member=False)
    assert '<p class="film-why">Because of Heat and Ran</p>' in drawn


def test_a_film_that_the_page_has_comes_empty_unless_something_changed() -> None:
    cards = [Card(film(), 3.7)]
    drawn, marks = recommended_items(cards, for_member=True)
    known = {"7": marks[0]}
    same, again = recommended_items(cards, for_member=True, known=known)
    assert "Amélie" in drawn
    assert again == marks
    item = f'<li data-mark="{marks[0]}"> <article data-film="7" data-same></article> </li>'
    assert " ".join(same.split()) == item
    for changed in (Card(film(), 3.9), Card(film("M"), 3.7), Card(film(), 3.7, True)):
        drawn, [mark] = recommended_items([changed], for_member=True, known=known)
        assert mark != marks[0]
        assert "data-same" not in drawn
    assert "data-same" not in recommended_items(cards, for_member=False, known=known)[0]


def test_members_can_rate_from_the_card_and_see_their_stars() -> None:
    rated = film()
    rated.your_half_stars = 7  # type: ignore[attr-defined]
    assert "data-actions" not in film_card(rated, for_member=False)
    drawn = film_card(rated, for_member=True)
    assert 'href="/movies/7-amelie/#yours" data-actions="/movies/7/actions/"' in drawn
    assert "<span data-your-stars>3.5</span>" in drawn
    assert "<span data-your-stars></span>" in film_card(film(), for_member=True), "styles ask"


def test_members_can_mark_a_film_as_seen_from_the_card_unless_it_is() -> None:
    assert "data-mark-seen" not in film_card(film(), for_member=False)
    assert "I have seen &lt;b&gt;M" in film_card(film("<b>M</b>"), for_member=True)
    for mark in (None, "your_half_stars", "is_marked_seen", "is_in_diary"):
        movie = film()
        if mark:
            setattr(movie, mark, 1)
        opening = re.search(r"<button[^>]*film-seen[^>]*>", film_card(movie, for_member=True))
        assert opening is not None
        assert 'hx-post="/movies/7/seen/"' in opening[0]
        assert opening[0].endswith("hidden>") is bool(mark)


def test_predicted_stars_look_the_same_on_cards_and_elsewhere() -> None:
    for uncertain in (False, True):
        stars = predicted_stars(3.7449, uncertain)
        assert ("~3.7" in stars) == uncertain
        assert ("First guess for you:" in stars) == uncertain
        assert ("Predicted for you:" in stars) != uncertain
        assert stars in film_card(film(), for_member=False, predicted=3.7449, uncertain=uncertain)
        assert stars in recommended_items([Card(film(), 3.7449, uncertain)], for_member=False)[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0.5 stars", "1 star", "1.5 stars", "2 stars"]),
        ("de", ["0,5 Sterne", "1 Stern", "1,5 Sterne", "2 Sterne"]),
        ("fr", ["0,5 étoile", "1 étoile", "1,5 étoile", "2 étoiles"]),
    ],
)
def test_stars_are_counted_as_the_language_counts_halves(language: str, said: list[str]) -> None:
    with translation.override(language):
        assert [stars_in_words(half_stars) for half_stars in (1, 2, 3, 4)] == said


def test_predicted_stars_without_a_label_or_a_prediction() -> None:
    assert "sr-only" not in predicted_stars(4.0, labelled=False)
    assert "4.0" in predicted_stars(4.0, labelled=False)
    assert predicted_stars(None) == ""


def test_numbers_are_the_readers() -> None:
    assert "3.7" in predicted_stars(3.7)
    with translation.override("de"):
        assert "3,7" in predicted_stars(3.7)


def test_a_cover_is_drawn_once_until_its_film_or_the_language_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget_drawings()
    drawn: list[str] = []
    draw = film_cards.draw

    def counted(macro: str, *values: object) -> SafeString:
        drawn.append(macro)
        return draw(macro, *values)

    monkeypatch.setattr(film_cards, "draw", counted)
    assert cover(film()) == cover(film())
    assert drawn == ["cover"]
    changed = film()
    changed.poster_path = "/new.jpg"
    assert "new.jpg" in cover(changed)
    assert "Amélie" not in cover(film("Ran"))
    assert "cover-thumb" in cover(film(), "thumb")
    with translation.override("de"):
        assert ">Film<" in cover(film())
    before = len(drawn)
    forget_drawings()
    cover(film())
    assert len(drawn) == before + 1
