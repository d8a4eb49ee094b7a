"""A history -> ranked movies."""

import numpy as np
import pytest

from catalog.models import HiddenMovie, Movie, Rating
from catalog.services.diary import latest_day
from catalog.services.ratings import rate, unrate
from catalog.services.seen import mark_seen
from recommender.data.histories import History, history_from, history_of
from recommender.pages.cards import cards
from recommender.serving.explanations import reasons
from recommender.serving.filters import Filters
from recommender.serving.member import recommender_for
from recommender.serving.recommender import SEQUENCE_WEIGHT, Ranking, Recommender
from tests.recommender.world import World


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
    taste_before = before.folded.row.copy()
    movie = Movie.objects.get(pk=best)

    rate(user_id=ada.pk, movie=movie, half_stars=1)
    after = recommender_for(ada.pk)
    assert best not in movie_ids(after, after.top_picks(60))
    assert best not in movie_ids(after, after.watch_next(60))
    assert after.folded.row[1] < taste_before[1]

    rate(user_id=ada.pk, movie=movie, half_stars=10)
    assert recommender_for(ada.pk).folded.row[1] > taste_before[1]

    unrate(user_id=ada.pk, movie=movie)
    again = recommender_for(ada.pk)
    np.testing.assert_array_equal(again.folded.row, taste_before)
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


def test_a_film_seen_leads_on_but_is_no_opinion(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    before = recommender_for(ada.pk)
    mark_seen(user_id=ada.pk, movie=world.movies[41], watched_on=latest_day())
    after = recommender_for(ada.pk)
    near = {world.movies[n].pk for n in (39, 43)}
    assert not near & set(movie_ids(before, before.watch_next(2)))
    assert near & set(movie_ids(after, after.watch_next(2)))
    assert world.movies[41].pk not in movie_ids(after, after.popular(60))
    np.testing.assert_allclose(after.folded.row[1], before.folded.row[1], atol=0.05)
    assert after.predictions(after.top_picks(3).rows)[0] is not None


def test_a_film_seen_on_no_known_day_does_not_pretend_to_be_recent(world: World) -> None:
    world.publish("sequence")
    user = world.member()
    rate(user_id=user.pk, movie=world.movies[10], half_stars=8)
    mark_seen(user_id=user.pk, movie=world.movies[41])
    person = recommender_for(user.pk)
    assert set(movie_ids(person, person.watch_next(2))) == {world.movies[n].pk for n in (8, 12)}


def test_who_has_only_seen_films_gets_picks_without_stars_or_reasons(world: World) -> None:
    world.publish()
    user = world.member()
    for place in (0, 2, 4):
        mark_seen(user_id=user.pk, movie=world.movies[place])
    person = recommender_for(user.pk)
    assert set(movie_ids(person, person.watch_next(10))) <= set(world.even)
    for card in cards(person, person.top_picks(5)):
        assert (card.predicted_rating, card.reasons) == (None, ())


def test_reasons_are_ratings_though_other_films_were_seen_between(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    alone = recommender_for(ada.pk)
    mark_seen(user_id=ada.pk, movie=world.movies[8], watched_on=latest_day())
    person = recommender_for(ada.pk)
    rated = set(alone.history.movie_ids.tolist())
    for ranking in (person.top_picks(5), person.watch_next(5)):
        found = reasons(person, ranking)
        assert all(found)
        assert {reason.movie_id for some in found for reason in some} <= rated
    placed = person.live.sequence
    assert placed is not None
    watched, scorer = person.watched(placed), placed.version.scorer
    row = person.watch_next(1).rows[0]
    (best, *_), *_ = reasons(person, person.watch_next(1))
    place = watched.tolist().index(
        placed.item_of_row[person.live.catalog.rows_of(np.array([best.movie_id]))[0]]
    )
    item = placed.item_of_row[row]
    left_out = scorer.scores(watched)[item] - scorer.scores(np.delete(watched, place))[item]
    assert best.weight == pytest.approx(left_out, abs=1e-3)


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
    weights = scorer.explain(person.folded, 9)
    without = scorer.predict(scorer.fold_in([], []), [9])
    predicted = scorer.predict(person.folded, [9])
    np.testing.assert_allclose(weights.sum(), predicted - without, atol=1e-4)


def test_top_picks_are_explained_by_both_models_that_ranked_them(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    person = recommender_for(ada.pk)
    ranking = person.top_picks(6)
    assert ranking.source == "both"
    assert person.live.factorization is not None
    assert person.live.sequence is not None
    stars = person.live.factorization.version.scorer
    next_ = person.live.sequence.version.scorer
    history = person.known(person.live.sequence)[1]
    scale = SEQUENCE_WEIGHT / person.next_scores[person.next_scores > -np.inf].std()  # type: ignore[index]
    for row, found in zip(ranking.rows, reasons(person, ranking), strict=True):
        item = int(person.live.factorization.item_of_row[row])
        left_out = [
            next_.scores(history)[item] - next_.scores(np.delete(history, place))[item]
            for place in range(len(history))
        ]
        expected = stars.explain(person.folded, item) + scale * np.array(left_out)
        weights = dict(zip(person.history.movie_ids.tolist(), expected, strict=True))
        assert found[0].movie_id == max(weights, key=weights.__getitem__)
        for reason in found:
            assert reason.weight == pytest.approx(weights[reason.movie_id], abs=1e-3)


def test_predictions_are_guesses_while_ratings_are_few(world: World) -> None:
    world.publish()
    few = recommender_for(world.fan_of_even(2, name="few").pk)
    many = recommender_for(world.fan_of_even(20, name="many").pk)
    assert all(few.is_uncertain(few.top_picks(5).rows))
    assert not any(many.is_uncertain(many.top_picks(5).rows))
    assert many.predictions(many.top_picks(1).rows)[0] == pytest.approx(4.8, abs=0.4)


def test_somebody_without_ratings_has_no_predicted_stars(world: World) -> None:
    world.publish()
    for history in (History(), history_from(world.even[:3])):
        person = Recommender(history)
        assert person.predictions(person.top_picks(3).rows) == [None, None, None]


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
    for number in range(10):
        rater = world.member(f"rater{number}")
        Rating.objects.create(user=rater, movie=world.movies[40], half_stars=6)
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
