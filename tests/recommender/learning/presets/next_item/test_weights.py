"""What is asked of held-out histories, and the weights that answer it best."""

import numpy as np
import pytest
import torch

from recommender.learning.presets.next_item.neighbour_rows import DECAYS, SPAN, step_weights
from recommender.learning.presets.next_item.neighbours import (
    AFFINITY_CHANNELS,
    EVIDENCE_CHANNELS,
    NeighbourTable,
)
from recommender.learning.presets.next_item.traits import (
    TERMS,
    item_traits,
    summarise,
    trait_terms,
)
from recommender.learning.presets.next_item.weights import (
    CANDIDATES,
    Members,
    Questions,
    ask,
    fit_weights,
)

ITEMS = 40
EVIDENCE, AFFINITY = len(DECAYS) * EVIDENCE_CHANNELS, len(DECAYS) * AFFINITY_CHANNELS
FEATURES = EVIDENCE + AFFINITY + TERMS + 1


def members(seed=0):
    """Each item but the first has some neighbours, the last two and the padding item none."""
    random = np.random.RandomState(seed)
    rows = [np.zeros(0, int)]
    rows += [random.permutation(np.arange(1, ITEMS - 2))[:9] for _ in range(ITEMS - 3)]
    rows += [np.zeros(0, int)] * 2
    ids = np.concatenate(rows).astype(np.int32)
    items = random.randint(1, ITEMS - 1, 500)
    met = np.bincount(items, minlength=ITEMS)
    return Members(
        NeighbourTable(
            np.concatenate([[0], np.cumsum([len(row) for row in rows])]),
            ids,
            random.random_sample((len(ids), EVIDENCE_CHANNELS)).astype(np.float32),
            random.normal(0, 1, (len(ids), AFFINITY_CHANNELS)).astype(np.float32),
        ),
        item_traits(items, np.arange(500), ITEMS),
        met / met.sum(),
    )


def asked(seed=0, count=50):
    """Questions whose answer is mostly what comes after the last of the history by most evidence
    of the first channel."""
    of = members()
    random = np.random.RandomState(seed)
    histories = [random.randint(1, ITEMS - 2, random.randint(1, 70)) for _ in range(count)]
    table = of.neighbours
    starts = table.offsets[[history[-1] for history in histories]]
    best = [start + table.evidence[start : start + 9, 0].argmax() for start in starts]
    return ask(of, histories, table.ids[best], random)


def plain_sums(table, history, item):
    """Evidence and affinity of an item by each decay, one entry at a time."""
    evidence = np.zeros((len(DECAYS), EVIDENCE_CHANNELS))
    affinity = np.zeros((len(DECAYS), AFFINITY_CHANNELS))
    for weights, read in zip(step_weights(SPAN), history[::-1], strict=False):
        for entry in range(table.offsets[read], table.offsets[read + 1]):
            if table.ids[entry] == item:
                evidence += weights[:, None] * table.evidence[entry]
                affinity += weights[:, None] * table.affinity[entry]
    return np.concatenate([evidence.ravel(), affinity.ravel()])


@pytest.mark.parametrize("length", [0, 1, 3, 2 * SPAN])
def test_features_are_sums_over_the_newest_items_rows(length):
    of = members()
    random = np.random.RandomState(length)
    history = random.randint(1, 12, length)  # some items are met again
    questions = ask(of, [history, history], np.array([20, 21]), random)
    for target, features, log_weights in zip(
        (20, 21), questions.features, questions.log_weights, strict=True
    ):
        kept = np.isfinite(log_weights)
        assert not features[~kept].any()
        assert features[0, -1] == np.float32(of.share[target])
        expected = plain_sums(of.neighbours, history, target)
        np.testing.assert_allclose(features[0, : EVIDENCE + AFFINITY], expected, 1e-4, 1e-6)
        terms = trait_terms(of.traits, summarise(of.traits, history), np.array([target]))
        np.testing.assert_allclose(features[0, EVIDENCE + AFFINITY : -1], terms[0], rtol=1e-5)
        sums = [plain_sums(of.neighbours, history, item) for item in range(ITEMS)]
        for row in features[kept][1:]:
            of_share = np.flatnonzero(np.float32(of.share) == row[-1])
            away = [np.abs(row[: EVIDENCE + AFFINITY] - sums[item]).max() for item in of_share]
            assert min(away) < 1e-4


def test_candidates_stand_for_the_whole_catalog():
    """The drawn ones' weights estimate how many items there are besides history and answer."""
    of = members()
    random = np.random.RandomState(0)
    history = np.array([3, 4, 5])
    questions = ask(of, [history] * 200, np.full(200, 20), random)
    standing = np.exp(questions.log_weights[:, 1:]).sum(axis=1)
    others = np.count_nonzero(of.share) - len(history) - 1
    assert standing.mean() == pytest.approx(others, rel=0.02)


def test_nobody_is_asked_for_what_nobody_met():
    of = members()
    history = np.array([3, ITEMS - 1])  # the last has no neighbours either
    questions = ask(of, [history, history], np.array([ITEMS - 1, 7]), np.random.RandomState(0))
    assert questions.features.shape == (1, 1 + CANDIDATES, FEATURES)
    alone = ask(of, [history[1:]], np.array([7]), np.random.RandomState(0))
    assert not alone.features[..., :EVIDENCE].any()


def penalised(questions, weights, l2=1e-3):
    """The error, and how steep is what the fit makes least of it, by torch."""
    features = torch.from_numpy(questions.features).double()
    linear = features[..., EVIDENCE:-1]
    spread = linear[:, 0].std(dim=0, correction=0)
    slopes = np.concatenate([weights.affinity.ravel(), weights.traits])
    logs = np.log(np.append(weights.evidence.ravel(), weights.floor))
    point = [torch.from_numpy(logs).double(), torch.from_numpy(slopes) * spread]
    point = [*point, torch.tensor(weights.sharpness).double()]
    logs, scaled, sharpness = (part.requires_grad_() for part in point)
    total = features[..., [*range(EVIDENCE), -1]] @ logs.exp() + 1e-9
    scores = sharpness * total.log() + linear / spread @ scaled
    chance = (scores + torch.from_numpy(questions.log_weights)).log_softmax(1)[:, 0]
    error = ((1 - (0.3 * chance).exp()) / 0.3).mean()
    penalty = scaled.square().mean() + 0.1 * (logs[:-1] + 2.0).square().mean()
    (error + l2 * (penalty + 0.2 * (sharpness - 0.8).square())).backward()
    steep = [part.grad.ravel() for part in (logs, scaled, sharpness)]
    return error.item(), float(torch.cat(steep).norm())


def test_the_fit_is_a_minimum():
    questions = asked()
    weights = fit_weights([questions])
    error, steep = penalised(questions, weights)
    assert weights.loss == pytest.approx(error, rel=1e-4)
    assert steep < 4e-4
    assert penalised(questions, fit_weights([questions], steps=2))[1] > 4e-3


def test_a_history_of_all_items_leaves_nothing_to_draw():
    of = members()
    history = np.arange(1, ITEMS)
    questions = ask(of, [history], np.array([20]), np.random.RandomState(0))
    assert np.isfinite(questions.log_weights).sum() == 1
    assert not questions.features[0, 1:].any()


def test_what_answers_counts_most():
    weights = fit_weights([asked()])
    assert weights.evidence.argmax() == 0  # of the newest item, by the first channel
    assert weights.evidence.dtype == weights.affinity.dtype == weights.traits.dtype == np.float32


def test_parts_are_fitted_together_and_the_same_again():
    whole = asked(count=90)
    parts = [
        Questions(whole.features[some], whole.log_weights[some])
        for some in (slice(0, 40), slice(40, 90))
    ]
    once, again, of_whole = fit_weights(parts), fit_weights(parts), fit_weights([whole])
    for name, array in once.arrays().items():
        np.testing.assert_array_equal(array, again.arrays()[name])
        np.testing.assert_array_equal(array, of_whole.arrays()[name])


def test_without_questions_the_plain_weights_stay():
    for questions in ([], [asked(count=0)]):
        weights = fit_weights(questions)
        np.testing.assert_allclose(weights.evidence, np.exp(-2))
        assert not weights.affinity.any()
        assert not weights.traits.any()
        assert (weights.sharpness, weights.floor, weights.loss) == (0.8, 1.0, 0.0)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_questions_overflow_nothing(count):
    weights = fit_weights([asked(count=count)])
    assert all(np.isfinite(array).all() for array in weights.arrays().values())
