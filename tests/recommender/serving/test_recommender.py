"""A history -> ranked movies."""

import numpy as np
import pytest

from catalog.models import HiddenMovie, Movie, Rating
from catalog.services.ratings import rate, unrate
from recommender.data.histories import history_from, history_of
from recommender.learning.presets.next_item.scorer import NEVER_MET
from recommender.pages.cards import cards
from recommender.pages.home import draft_rows
from recommender.serving.explanations import reasons
from recommender.serving.filters import Filters
from recommender.serving.live_catalog import live_catalog
from recommender.serving.member import recommender_for
from recommender.serving.ranking import Ranking, Source
from recommender.serving.recommender import Recommender
from tests.recommender.world import ARRAYS, World, publish


def movie_ids(person: Recommender, ranking: Ranking) -> list[int]:
    return [int(pk) for pk in person.live.catalog.movie_ids[ranking.rows]]


def test_top_picks_follow_the_taste_and_leave_out_what_was_rated(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    person = recommender_for(ada.pk)
    picks = movie_ids(person, person.top_picks(10))
    assert len(picks) == 10
    assert set(picks) <= set(world.even) - set(history_of(ada.pk).movie_ids)


def test_a_rating_its_change_and_its_removal_show_on_the_next_request(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    before = recommender_for(ada.pk)
    best = movie_ids(before, before.top_picks(1))[0]
    taste_before = before.scores.folded.row.copy()
    movie = Movie.objects.get(pk=best)

    rate(user_id=ada.pk, movie=movie, half_stars=1)
    after = recommender_for(ada.pk)
    assert best not in movie_ids(after, after.top_picks(60))
    assert best not in movie_ids(after, after.watch_next(60))
    assert after.scores.folded.row[1] < taste_before[1]

    rate(user_id=ada.pk, movie=movie, half_stars=10)
    assert recommender_for(ada.pk).scores.folded.row[1] > taste_before[1]

    unrate(user_id=ada.pk, movie=movie)
    again = recommender_for(ada.pk)
    np.testing.assert_array_equal(again.scores.folded.row, taste_before)
    assert movie_ids(again, again.top_picks(1))[0] == best


def test_watch_next_reads_the_newest_film_last(world: World) -> None:
    world.publish()
    person = Recommender(history_from([world.even[3], world.odd[10]]))
    first = movie_ids(person, person.watch_next(2))
    assert set(first) == {world.odd[9], world.odd[11]}
    turned = Recommender(history_from([world.odd[10], world.even[3]]))
    assert set(movie_ids(turned, turned.watch_next(2))) == {world.even[2], world.even[4]}


def test_hidden_films_stay_away(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    person = recommender_for(ada.pk)
    best = movie_ids(person, person.top_picks(1))[0]
    hidden = HiddenMovie.objects.create(user=ada, movie_id=best)
    person = recommender_for(ada.pk)
    assert best not in movie_ids(person, person.top_picks(60))
    hidden.delete()
    person = recommender_for(ada.pk)
    assert movie_ids(person, person.top_picks(1))[0] == best


def test_reasons_are_films_of_the_history_that_raised_the_score(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    person = recommender_for(ada.pk)
    liked = {world.movies[place].pk for place in (0, 2, 4)}
    rated = set(history_of(ada.pk).movie_ids.tolist())
    for card in cards(person, person.top_picks(5)):
        assert card.reasons
        assert {reason.movie.pk for reason in card.reasons} <= rated
        assert all(reason.weight > 0 for reason in card.reasons)
    for card in cards(person, person.watch_next(5)):
        assert card.reasons[0].movie.pk in rated
        weights = [reason.weight for reason in card.reasons]
        assert weights == sorted(weights, reverse=True)
    assert liked & {r.movie.pk for c in cards(person, person.top_picks(5)) for r in c.reasons}


def test_factorization_reasons_add_up_to_the_score(world: World) -> None:
    world.publish("factorization")
    ada = world.fan_of_even()
    person = recommender_for(ada.pk)
    placed = person.live.factorization
    assert placed is not None
    scorer = placed.version.scorer
    weights = scorer.explain(person.scores.folded, 9)
    without = scorer.predict(scorer.fold_in([], []), [9])
    predicted = scorer.predict(person.scores.folded, [9])
    np.testing.assert_allclose(weights.sum(), predicted - without, atol=1e-4)


def test_top_picks_are_explained_by_both_models_that_ranked_them(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    person = recommender_for(ada.pk)
    ranking = person.top_picks(6)
    assert ranking.source is Source.BOTH
    assert person.live.factorization is not None
    assert person.live.sequence is not None
    stars = person.live.factorization.version.scorer
    next_ = person.live.sequence.version.scorer
    history = person.scores.known(person.live.sequence)[1]
    for row, found in zip(ranking.rows, reasons(person.scores, ranking), strict=True):
        item = int(person.live.factorization.item_of_row[row])
        left_out = [
            next_.scores(history)[item] - next_.scores(np.delete(history, place))[item]
            for place in range(len(history))
        ]
        expected = stars.explain(person.scores.folded, item)
        expected = expected + ranking.next_weight * np.array(left_out)
        weights = dict(zip(person.history.movie_ids.tolist(), expected, strict=True))
        assert found[0].movie_id == max(weights, key=weights.__getitem__)
        for reason in found:
            assert reason.weight == pytest.approx(weights[reason.movie_id], abs=1e-3)


def test_watch_next_is_not_what_the_member_dislikes(world: World) -> None:
    """After five odd films at half a star the next ones are no odd films."""
    world.publish()
    ada = world.member("ada")
    for movie in world.movies[1:11:2]:
        rate(user_id=ada.pk, movie=movie, half_stars=1)
    person = recommender_for(ada.pk)
    assert set(movie_ids(person, person.watch_next(10))) <= set(world.even)


def test_opposite_stars_on_the_same_films_lead_to_other_films(world: World) -> None:
    world.publish()
    lists = []
    for name, liked in (("ada", 0), ("eve", 1)):
        member = world.member(name)
        for place, movie in enumerate(world.movies[:20]):
            rate(user_id=member.pk, movie=movie, half_stars=10 if place % 2 == liked else 1)
        person = recommender_for(member.pk)
        lists.append(set(movie_ids(person, person.watch_next(20))))
    assert len(lists[0] & lists[1]) < 10


def test_films_that_nobody_has_met_change_no_page(world: World) -> None:
    """The scale of what comes next does not depend on how large the catalog is."""
    world.publish()
    ada = world.fan_of_even()
    before = recommender_for(ada.pk)
    lists = [
        movie_ids(before, ranking) for ranking in (before.top_picks(20), before.watch_next(20))
    ]
    scores = before.top_picks(20).scores
    Movie.objects.bulk_create(Movie(title=f"Unseen {n}", search_title="x") for n in range(2000))
    live_catalog.forget()
    after = recommender_for(ada.pk)
    assert len(after.live.catalog) == 2060
    assert lists == [
        movie_ids(after, ranking) for ranking in (after.top_picks(20), after.watch_next(20))
    ]
    np.testing.assert_array_equal(after.top_picks(20).scores, scores)


def test_no_reason_is_a_film_that_was_disliked_or_that_few_have_rated(world: World) -> None:
    world.publish()
    ada = world.fan_of_even(20)
    rare = world.movies[2]
    Movie.objects.filter(pk=rare.pk).update(rating_count=2, half_star_sum=20)
    live_catalog.forget()
    person = recommender_for(ada.pk)
    liked = {movie.pk for movie in world.movies[:20:2]} - {rare.pk}
    for ranking in (person.top_picks(12), person.watch_next(12)):
        named = [reason.movie_id for some in reasons(person.scores, ranking) for reason in some]
        assert set(named) <= liked
        assert len(set(named)) > 2, "the films of one list have more than the same two reasons"


def test_a_prediction_for_a_film_that_few_have_rated_is_a_guess(world: World) -> None:
    world.publish()
    ada = world.fan_of_even(30)
    Movie.objects.filter(pk=world.movies[40].pk).update(rating_count=1, half_star_sum=10)
    live_catalog.forget()
    person = recommender_for(ada.pk)
    assert person.scores.is_uncertain(np.array([40, 42])) == [True, False]


FILTERS = [
    (Filters(year_from=1970, year_to=1979), lambda movie: 1970 <= movie.year <= 1979),
    (Filters(runtime_to=100), lambda movie: movie.runtime <= 100),
    (Filters(languages=("fr",)), lambda movie: movie.original_language == "fr"),
]


@pytest.mark.parametrize(("filters", "passes"), FILTERS)
def test_filters_hold(world: World, filters: Filters, passes: object) -> None:
    world.publish()
    person = Recommender(history_of(world.fan_of_even().pk), filters)
    for ranking in (person.top_picks(60), person.watch_next(60), person.popular(60)):
        shown = Movie.objects.in_bulk(movie_ids(person, ranking))
        assert shown
        assert all(passes(movie) for movie in shown.values())  # type: ignore[operator]


def test_genres_are_included_and_excluded(world: World) -> None:
    world.publish()
    drama, comedy, horror = world.genres
    history = history_of(world.fan_of_even().pk)
    only = Recommender(history, Filters(include_genres=(comedy.pk,)))
    assert set(movie_ids(only, only.top_picks(60))) <= set(world.odd)
    without = Recommender(history, Filters(exclude_genres=(drama.pk,)))
    assert set(movie_ids(without, without.top_picks(60))) <= set(world.odd)
    none = Recommender(history, Filters(include_genres=(horror.pk,)))
    assert not len(none.top_picks(60))


def test_adult_films_are_hidden_unless_asked_for(world: World) -> None:
    adult = world.movies[20]
    Movie.objects.filter(pk=adult.pk).update(adult=True)
    world.publish()
    history = history_of(world.fan_of_even().pk)
    person = Recommender(history)
    assert adult.pk not in movie_ids(person, person.top_picks(60))
    person = Recommender(history, Filters(show_adult=True))
    assert adult.pk in movie_ids(person, person.top_picks(60))


def test_the_popularity_slider_leans_the_ranking(world: World) -> None:
    Movie.objects.filter(pk=world.movies[40].pk).update(rating_count=30, half_star_sum=180)
    world.publish()
    history = history_of(world.fan_of_even().pk)

    def place(popularity: float) -> int:
        person = Recommender(history, Filters(popularity=popularity))
        return movie_ids(person, person.top_picks(60)).index(world.movies[40].pk)

    assert place(1.0) < place(0.0) < place(-1.0)


def test_diversity_mixes_in_what_is_less_alike(world: World) -> None:
    world.publish()
    history = history_of(world.fan_of_even().pk)
    plain = Recommender(history)
    mixed = Recommender(history, Filters(diversity=0.9))
    odd = set(world.odd)
    assert not odd & set(movie_ids(plain, plain.top_picks(10)))
    assert odd & set(movie_ids(mixed, mixed.top_picks(10)))


def test_of_films_equally_liked_the_one_that_is_rated_lately_comes_sooner(world: World) -> None:
    world.publish()
    ada = world.fan_of_even(12)
    person = recommender_for(ada.pk)
    last = movie_ids(person, person.top_picks(10))[-1]
    following = movie_ids(person, person.watch_next(30)).index(last)
    for number in range(30):
        rater = world.member(f"rater{number}")
        Rating.objects.create(user=rater, movie_id=last, half_stars=10)
    live_catalog.forget()
    person = recommender_for(ada.pk)
    assert movie_ids(person, person.top_picks(10)).index(last) < 9
    assert movie_ids(person, person.watch_next(30)).index(last) < max(following, 1)


def test_twenty_thousand_films_that_nobody_rated_change_no_members_page(world: World) -> None:
    """Though the versions know them: a unit of a score means the same in a catalog of any size."""
    ada = world.fan_of_even(12)

    def pages() -> tuple[list[int], list[int], list[list[int]]]:
        person = recommender_for(ada.pk)
        rows = [list(row.draft.movie_ids) for row in draft_rows(person)]
        return (
            movie_ids(person, person.top_picks(20)),
            movie_ids(person, person.watch_next(20)),
            rows,
        )

    def publish_all(more: list[int]) -> None:
        """The same versions, and films of which they know nothing."""
        keys = [movie.pk for movie in world.movies]
        for kind in ("factorization", "sequence"):
            arrays, _ = ARRAYS[kind](len(keys))
            unknown = {
                name: np.concatenate([array, np.zeros((len(more), *array.shape[1:]), array.dtype)])
                for name, array in arrays.items()
                if name.startswith("item_")
            }
            unknown["item_counts"] = np.array([0, *[20] * len(keys), *[0] * len(more)])
            unknown["item_movie_ids"] = np.array([0, *keys, *more])
            if kind == "sequence":
                last = arrays["neighbour_offsets"][-1]
                unknown["item_floor"][len(keys) + 1 :] = NEVER_MET
                unknown["neighbour_offsets"] = np.concatenate(
                    [arrays["neighbour_offsets"], np.full(len(more), last)]
                )
            publish(kind, keys, **unknown)
        live_catalog.forget()

    publish_all([])
    before = pages()
    added = Movie.objects.bulk_create(
        Movie(title=f"Nobody {number}", search_title=f"\nnobody {number}\n")
        for number in range(20_000)
    )
    publish_all([movie.pk for movie in added])
    assert pages() == before
