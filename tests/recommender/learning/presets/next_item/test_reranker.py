"""The second look at the likeliest next items: what it reads, learns and gives back."""

import numpy as np
import pytest

from recommender.learning.presets.next_item import reranker_fit, shortlists
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.next_item.neighbour_rows import DECAYS, SPAN
from recommender.learning.presets.next_item.reranker import (
    OWN,
    READ,
    SHORTLIST,
    Reranker,
    pull_features,
)
from recommender.learning.presets.next_item.reranker_fit import train_reranker
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.next_item.shortlists import Shortlists, draw_up

from .test_model import ITEMS, rounds

VALUES = 2 * len(DECAYS)
WIDTH, HIDDEN = 5, 7
USERS = 50


def network(seed=0):
    """Arrays of a reranker that has learned nothing."""
    random = np.random.RandomState(seed)

    def drawn(*shape):
        return random.normal(0, 0.3, shape).astype(np.float32)

    return {
        "reranker_pulls": drawn(VALUES, WIDTH),
        "reranker_places": drawn(READ, WIDTH),
        "reranker_recency": np.abs(drawn(READ, WIDTH)),
        "reranker_hidden": drawn(OWN + WIDTH, HIDDEN),
        "reranker_hidden_bias": drawn(HIDDEN),
        "reranker_output": drawn(HIDDEN),
    }


def agreeing(seed):
    """A list in which the right item is the one that exactly one item of the history names.

    Others are named by none or by two, which no weighted sum tells from one."""
    random = np.random.RandomState(seed)
    right = random.randint(SHORTLIST)
    named = random.choice([0, 2], SHORTLIST)
    named[right] = 1
    order = random.random_sample((SHORTLIST, READ)).argsort(axis=1)
    pulls = np.zeros((SHORTLIST, READ, VALUES), np.float32)
    pulls[order < named[:, None]] = 5.0
    return random.normal(0, 1, (SHORTLIST, OWN)), pulls, right


def lists_of(questions, by_chance=None):
    """Lists that agree with their answers, or where a seed is given by which those are drawn."""
    lists = Shortlists(room=questions)
    random = np.random.RandomState(by_chance)
    for seed in range(questions):
        own, pulls, right = agreeing(seed)
        scores = np.zeros(SHORTLIST)
        if by_chance is not None:
            # Not level: the mean log rank of level scores is made better by any order at all.
            scores, right = random.normal(0, 1, SHORTLIST), random.randint(SHORTLIST)
        lists.add(seed % USERS, scores, own, pulls, right)
    return lists


@pytest.fixture(scope="module")
def fitted():
    return SequenceBlendModel(random_state=0, questions=300).fit(rounds()).export()


@pytest.fixture(scope="module")
def first_score(fitted):
    arrays, settings = fitted
    plain = {name: one for name, one in arrays.items() if not name.startswith("reranker")}
    return SequenceScorer(plain, settings)


@pytest.fixture(scope="module")
def reranked(fitted):
    arrays, settings = fitted
    return SequenceScorer({**arrays, **network()}, settings)


def test_it_learns_what_no_sum_tells():
    reranker = Reranker(train_reranker(lists_of(2500), np.random.RandomState(0)))
    asked = [agreeing(seed) for seed in range(4000, 4100)]
    best = [reranker.adjustments(own, reranker.read(pulls)).argmax() for own, pulls, _ in asked]
    assert np.mean([found == right for found, (_, _, right) in zip(best, asked, strict=True)]) > 0.9


def test_what_does_not_help_is_not_given():
    seed = np.random.RandomState(0)
    # Five users are kept back, so that chance alone helps one time in eleven or more often.
    given = [
        train_reranker(lists_of(1000, by_chance=one), np.random.RandomState(one)) != {}
        for one in range(8)
    ]
    assert sum(given) < len(given) / 2
    assert train_reranker(lists_of(100), seed) == {}
    assert train_reranker(lists_of(1000), seed) != {}


def test_habits_of_single_users_are_no_help_to_others():
    """Each user always takes the same place of a list; ``own`` tells users and places apart."""
    users, places = np.random.RandomState(0).normal(0, 1, (2, SHORTLIST, OWN))
    lists = Shortlists(room=3000)
    pulls = np.zeros((SHORTLIST, READ, VALUES), np.float32)
    for question in range(3000):
        user = question % 30
        lists.add(user, np.zeros(SHORTLIST), users[user] * places, pulls, (user * 7) % SHORTLIST)
    assert train_reranker(lists, np.random.RandomState(0)) == {}


def test_being_surer_of_what_is_first_already_is_no_help():
    lists = Shortlists(room=1000)
    pulls = np.zeros((SHORTLIST, READ, VALUES), np.float32)
    for question in range(1000):
        right = question % SHORTLIST
        own = np.zeros((SHORTLIST, OWN))
        own[right] = 1.0
        scores = np.where(np.arange(SHORTLIST) == right, 1e-3, 0.0)
        lists.add(question % USERS, scores, own, pulls, right)
    assert train_reranker(lists, np.random.RandomState(0)) == {}


@pytest.mark.parametrize("questions", [200, 257, 1280])
def test_a_net_goes_on_in_as_few_steps_as_there_are(questions, monkeypatch):
    """Of 200 lists there are two, of 1,280 ten."""
    monkeypatch.setattr(reranker_fit, "_helps", lambda *given: True)
    given = train_reranker(lists_of(questions), np.random.RandomState(0))
    assert given["reranker_output"].any()


def test_one_user_is_too_few_to_tell():
    lists = lists_of(1000)
    lists.users[:] = 3
    assert train_reranker(lists, np.random.RandomState(0)) == {}


def test_items_that_are_no_neighbours_are_told_from_others():
    lists = Shortlists(room=1)
    pulls = np.zeros((2, 3, VALUES), np.float32)
    pulls[1, 2, -1] = -0.5
    lists.add(7, np.zeros(2), np.zeros((2, OWN)), pulls, 1)
    assert lists.pulls[0, ..., -1].sum() == lists.pulls[0, 1, 2, -1] == 1
    assert not lists.pulls[0, 0].any()


def test_a_seed_repeats_exactly():
    lists = lists_of(300)
    first, second = (train_reranker(lists, np.random.RandomState(5)) for _ in range(2))
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_lists_are_drawn_up_where_the_answer_is_on_them(first_score):
    random = np.random.RandomState(3)
    histories = [random.choice(np.arange(1, ITEMS), size, False) for size in range(1, 8)] * 30
    targets = random.randint(1, ITEMS, len(histories))
    lists = Shortlists(room=len(histories))
    draw_up(lists, first_score, np.arange(len(histories)), histories, targets)
    listed = [first_score.shortlist(first_score.first_look(history)) for history in histories]
    asked = [
        row
        for row, (items, target) in enumerate(zip(listed, targets, strict=True))
        if target in items
    ]
    assert lists.users.tolist() == asked
    assert 0 < len(asked) < len(histories)


@pytest.mark.parametrize("length", [1, 2, READ - 1, READ, READ + 1, READ + 20])
def test_what_a_history_says_without_each_of_its_items(length):
    reranker = Reranker(network())
    pulls = np.random.RandomState(length).uniform(0, 1, (3, length, VALUES))
    read = reranker.read_without_each(pulls, length)
    np.testing.assert_allclose(read[:, 0], reranker.read(pulls[:, :READ]), rtol=1e-5)
    for place in range(length):
        without = np.delete(pulls, length - 1 - place, axis=1)  # pulls are newest first
        np.testing.assert_allclose(
            read[:, 1 + place], reranker.read(without[:, :READ]), rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("length", [1, 2, 9, 10, 11, 12, 30, 47, 48, 49, 50, 90])
def test_an_explanation_is_the_score_less_that_without_the_item(reranked, length):
    history = np.random.RandomState(length).randint(1, ITEMS - 2, length)
    target = ITEMS - 1
    whole = reranked.scores(history)[target]
    expected = [
        whole - reranked.scores(np.delete(history, place))[target] for place in range(length)
    ]
    np.testing.assert_allclose(reranked.explain(history, target), expected, atol=1e-4)


def test_several_explanations_are_those_of_each(reranked):
    history = np.array([3, 4, 9, 20])
    together = reranked.explain_each(history, [12, 5, 12])
    for row, item in zip(together, [12, 5, 12], strict=True):
        np.testing.assert_allclose(row, reranked.explain(history, item), atol=1e-6)


def test_nothing_is_looked_at_twice_without_a_history(reranked, first_score):
    np.testing.assert_array_equal(reranked.scores([]), first_score.scores([]))
    assert (reranked.scores([3, 4]) != first_score.scores([3, 4])).any()


def growing_histories():
    """Long ones, item by item and by leaps, of somebody else, and shorter again."""
    random = np.random.RandomState(3)
    one, other = (random.randint(1, ITEMS - 2, 3 * SPAN) for _ in range(2))
    lengths = [*range(1, 2 * SPAN), 2 * SPAN + 20, 3 * SPAN]
    return [*(one[:n] for n in lengths), *(other[:n] for n in (5, 6, 90)), other[:3]]


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_lists_hold_what_is_seen_at_first_look(first_score, at_once, monkeypatch):
    monkeypatch.setattr(shortlists, "_CELLS", at_once * first_score.num_items)
    histories = growing_histories()
    looks = [first_score.first_look(history) for history in histories]
    listed = [first_score.shortlist(look) for look in looks]
    lists = Shortlists(room=len(histories))
    targets = np.array([items[-1] for items in listed])
    draw_up(lists, first_score, np.arange(len(histories)), histories, targets)
    assert len(lists) == len(histories)
    for row, (look, items) in enumerate(zip(looks, listed, strict=True)):
        np.testing.assert_allclose(
            np.sort(lists.scores[row, : len(items)]),
            np.sort(look.scores[items]),
            rtol=1e-5,
            atol=1e-4,
        )
        assert (lists.scores[row, len(items) :] == -np.inf).all()
        own, pulls = first_score.reading([look], [items])
        order, expected = lists.scores[row, : len(items)].argsort(), look.scores[items].argsort()
        np.testing.assert_allclose(lists.own[row][order], own[expected], rtol=1e-4, atol=1e-4)
        told = lists.pulls[row][order][..., :-1]
        np.testing.assert_allclose(told, pull_features(pulls[expected]), rtol=1e-3, atol=1e-3)
        assert lists.users[row] == row
        assert items[expected][np.flatnonzero(order == lists.right[row])] == targets[row]


def test_answers_that_are_not_listed_are_passed_over(first_score):
    histories = [np.array([3, 4, 5])] * 2
    lists = Shortlists(room=2)
    draw_up(lists, first_score, np.array([7, 8]), histories, np.array([4, 6]))
    assert lists.users.tolist() == [8]  # nobody meets 4 again
    look = first_score.first_look(histories[1])
    assert lists.scores[0, lists.right[0]] == pytest.approx(look.scores[6])
