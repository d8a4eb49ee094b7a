"""The blend is chosen by how it ranks, and ranks no lower than the counted members alone."""

import pytest
import torch

from recommender.learning.presets.next_item.neural.blend import Lists, fit_blend, gain, helps

USERS, ASKED, ITEMS = 60, 5, 200


def lists(counted, neural, lengths=None):
    """Questions of which the right item is the first, by what both say (n, ITEMS) of each."""
    users = torch.arange(USERS).repeat_interleave(ASKED)
    lengths = torch.full((USERS * ASKED,), 20.0) if lengths is None else lengths
    return Lists(counted.log_softmax(1), neural.log_softmax(1), lengths, users)


def noise(scale=1.0):
    return scale * torch.randn(USERS * ASKED, ITEMS)


def ndcg(scores):
    above = (scores[:, 1:] > scores[:, :1]).sum(dim=1)
    return float(torch.where(above < 10, 1 / (above + 2.0).log2(), 0.0).mean())


def blended(asked):
    blend = fit_blend(asked)
    return asked.scores(blend.counted, blend.start, blend.slope)


def knowing(by):
    """Scores that put the right item higher by so much (n,)."""
    scores = noise()
    scores[:, 0] += by
    return scores


def test_two_that_know_different_things_rank_better_together():
    torch.manual_seed(0)
    asked = lists(knowing(2.0), knowing(2.0))
    assert helps(asked)
    assert ndcg(blended(asked)) > 1.2 * max(ndcg(asked.counted), ndcg(asked.neural))


@pytest.mark.parametrize("seed", range(3))
def test_what_knows_nothing_gets_no_weight(seed):
    torch.manual_seed(seed)
    asked = lists(knowing(2.5), noise())
    assert not helps(asked)
    assert ndcg(blended(asked)) >= ndcg(asked.counted) - 0.005


def test_what_only_makes_rare_answers_likelier_does_not_join():
    """Half of the answers are among the first by what was counted and the other half far down,
    where the transformer lifts them a little: likelier, and still not among the first."""
    torch.manual_seed(1)
    hard = torch.arange(USERS * ASKED) % 2 == 0
    counted, neural = 0.3 * noise(), 0.3 * noise()
    counted[:, 0] += torch.where(hard, -6.0, 1.0)
    counted[:, 1:8] += 0.5
    neural[:, 0] += torch.where(hard, 5.0, -1.0)
    asked = lists(counted, neural)
    likelier = asked.scores(0.7, 0.5, 0.0).log_softmax(1)[:, 0].mean()
    assert likelier > asked.counted.log_softmax(1)[:, 0].mean() + 0.3
    assert ndcg(asked.scores(0.7, 0.5, 0.0)) < ndcg(asked.counted) - 0.02
    assert ndcg(blended(asked)) >= ndcg(asked.counted)


def test_it_counts_more_after_long_histories_where_it_knows_more_then():
    torch.manual_seed(2)
    lengths = torch.where(torch.arange(USERS * ASKED) % 2 == 0, 3.0, 150.0)
    asked = lists(knowing(2.0), knowing(torch.where(lengths > 10, 3.0, 0.3)), lengths)
    blend = fit_blend(asked)
    assert blend.weight(150) > 1.5 * blend.weight(3)


def test_the_halves_that_judge_are_not_those_that_choose():
    torch.manual_seed(3)
    mean, error = gain(lists(knowing(2.0), noise()))
    assert abs(mean) < 3 * error + 1e-9
