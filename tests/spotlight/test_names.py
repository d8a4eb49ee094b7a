"""Code written for Spotlight 0.1.6 changes only its import prefix: names, order and defaults.

The table was compared with Spotlight's source, argument by argument. What behaves differently on
purpose is listed in docs/models/reference.md.
"""

import inspect
from importlib import import_module

import numpy as np
import pytest
import torch

SIGNATURES = {
    "interactions.Interactions": "user_ids, item_ids, ratings=None, timestamps=None, weights=None, "
    "num_users=None, num_items=None",
    "interactions.Interactions.to_sequence": "self, max_sequence_length=10, "
    "min_sequence_length=None, step_size=None",
    "interactions.Interactions.tocoo": "self",
    "interactions.Interactions.tocsr": "self",
    "interactions.SequenceInteractions": "sequences, user_ids=None, num_items=None",
    "cross_validation.random_train_test_split": "interactions, test_percentage=0.2, "
    "random_state=None",
    "cross_validation.user_based_train_test_split": "interactions, test_percentage=0.2, "
    "random_state=None",
    "cross_validation.shuffle_interactions": "interactions, random_state=None",
    "factorization.explicit.ExplicitFactorizationModel": "loss='regression', embedding_dim=32, "
    "n_iter=10, batch_size=256, l2=0.0, learning_rate=0.01, optimizer_func=None, use_cuda=False, "
    "representation=None, sparse=False, random_state=None",
    "factorization.explicit.ExplicitFactorizationModel.fit": "self, interactions, verbose=False",
    "factorization.explicit.ExplicitFactorizationModel.predict": "self, user_ids, item_ids=None",
    "factorization.implicit.ImplicitFactorizationModel": "loss='pointwise', embedding_dim=32, "
    "n_iter=10, batch_size=256, l2=0.0, learning_rate=0.01, optimizer_func=None, use_cuda=False, "
    "representation=None, sparse=False, random_state=None, num_negative_samples=5",
    "factorization.implicit.ImplicitFactorizationModel.fit": "self, interactions, verbose=False",
    "factorization.implicit.ImplicitFactorizationModel.predict": "self, user_ids, item_ids=None",
    "factorization.representations.BilinearNet.forward": "self, user_ids, item_ids",
    "factorization.representations.BilinearNet": "num_users, num_items, embedding_dim=32, "
    "user_embedding_layer=None, item_embedding_layer=None, sparse=False",
    "sequence.implicit.ImplicitSequenceModel": "loss='pointwise', representation='pooling', "
    "embedding_dim=32, n_iter=10, batch_size=256, l2=0.0, learning_rate=0.01, "
    "optimizer_func=None, use_cuda=False, sparse=False, random_state=None, num_negative_samples=5",
    "sequence.implicit.ImplicitSequenceModel.fit": "self, interactions, verbose=False",
    "sequence.implicit.ImplicitSequenceModel.predict": "self, sequences, item_ids=None",
    "sequence.representations.PoolNet": "num_items, embedding_dim=32, item_embedding_layer=None, "
    "sparse=False",
    "sequence.representations.LSTMNet": "num_items, embedding_dim=32, item_embedding_layer=None, "
    "sparse=False",
    "sequence.representations.CNNNet": "num_items, embedding_dim=32, kernel_width=3, dilation=1, "
    "num_layers=1, nonlinearity='tanh', residual_connections=True, sparse=False, benchmark=True, "
    "item_embedding_layer=None",
    "sequence.representations.MixtureLSTMNet": "num_items, embedding_dim=32, num_mixtures=4, "
    "item_embedding_layer=None, sparse=False",
    "sequence.representations.PoolNet.user_representation": "self, item_sequences",
    "sequence.representations.PoolNet.forward": "self, user_representations, targets",
    "layers.BloomEmbedding.forward": "self, indices",
    "layers.BloomEmbedding": "num_embeddings, embedding_dim, compression_ratio=0.2, "
    "num_hash_functions=4, bag=False, padding_idx=0",
    "losses.pointwise_loss": "positive_predictions, negative_predictions, mask=None",
    "losses.bpr_loss": "positive_predictions, negative_predictions, mask=None",
    "losses.hinge_loss": "positive_predictions, negative_predictions, mask=None",
    "losses.adaptive_hinge_loss": "positive_predictions, negative_predictions, mask=None",
    "losses.regression_loss": "observed_ratings, predicted_ratings",
    "losses.poisson_loss": "observed_ratings, predicted_ratings",
    "losses.logistic_loss": "observed_ratings, predicted_ratings",
    "sampling.sample_items": "num_items, shape, random_state=None",
    "evaluation.rmse_score": "model, test",
    "evaluation.mrr_score": "model, test, train=None",
    "evaluation.sequence_mrr_score": "model, test, exclude_preceding=False",
    "evaluation.precision_recall_score": "model, test, train=None, k=10",
    "evaluation.sequence_precision_recall_score": "model, test, k=10, exclude_preceding=False",
    "datasets.movielens.get_movielens_dataset": "variant='100K'",
    "datasets.goodbooks.get_goodbooks_dataset": "",
    "datasets.amazon.get_amazon_dataset": "min_user_interactions=10, min_item_interactions=10",
    "datasets.synthetic.generate_sequential": "num_users=100, num_items=1000, "
    "num_interactions=10000, concentration_parameter=0.1, order=3, random_state=None",
}


def find(path: str) -> object:
    """The object at a dotted path below the library."""
    parts = path.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module("recommender.learning." + ".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for name in parts[split:]:
            found = getattr(found, name)
        return found
    raise AssertionError(path)


def plain(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return parameter.name
    return f"{parameter.name}={parameter.default!r}"


@pytest.mark.parametrize("path", SIGNATURES)
def test_the_first_arguments_are_spotlights(path):
    expected = [part for part in SIGNATURES[path].split(", ") if part]
    positional = [
        parameter
        for parameter in inspect.signature(find(path)).parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    assert [plain(parameter) for parameter in positional[: len(expected)]] == expected
    # What is ours comes after, and nobody has to give it.
    assert all(
        parameter.default is not parameter.empty for parameter in positional[len(expected) :]
    )


@pytest.mark.parametrize("name", ["ScaledEmbedding", "ZeroEmbedding", "ScaledEmbeddingBag"])
def test_the_other_layers_are_there(name):
    assert find(f"layers.{name}")(4, 2)


def test_constants_are_spotlights():
    assert find("sequence.representations.PADDING_IDX") == 0
    variants = find("datasets.movielens.VARIANTS")
    assert variants[:4] == ("100K", "1M", "10M", "20M")


def test_a_seed_makes_the_walks_that_it_makes_in_spotlight():
    made = find("datasets.synthetic.generate_sequential")(
        20, 10, 200, 0.5, 2, random_state=np.random.RandomState(7)
    )
    # Spotlight's own first items and users for these arguments.
    assert made.item_ids[:12].tolist() == [7, 8, 8, 6, 6, 9, 1, 7, 6, 3, 9, 3]
    assert made.user_ids[:5].tolist() == [0, 0, 0, 0, 0]
    assert made.timestamps.tolist() == list(range(200))


def test_ids_may_be_columns_as_spotlights_sequence_model_takes_them():
    model = find("sequence.implicit.ImplicitSequenceModel")(n_iter=1, device="cpu")
    data = find("interactions.SequenceInteractions")([[1, 2, 3], [2, 3, 1]])
    model.fit(data)
    column = np.array([[3], [1]])
    np.testing.assert_array_equal(model.predict([1, 2], column), model.predict([1, 2], [3, 1]))


def test_a_mixture_written_for_spotlight_is_scored():
    """Its last representation keeps an axis of one position, (n, 2 mixtures, dim, 1)."""
    inner = find("sequence.representations.MixtureLSTMNet")(6, embedding_dim=4)

    class Foreign(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = inner

        def user_representation(self, sequences):
            every, final = self.inner.user_representation(sequences)
            return every, final.unsqueeze(-1)

        def forward(self, representations, targets):
            return self.inner(representations, targets)

    make = find("sequence.implicit.ImplicitSequenceModel")
    data = find("interactions.SequenceInteractions")([[1, 2, 3], [2, 3, 5]])
    foreign = make("adaptive_hinge", Foreign(), n_iter=1, device="cpu", random_state=0).fit(data)
    own = make(representation=inner, n_iter=0, device="cpu").fit(data)
    sequences = [[0, 1, 2], [3, 4, 5]]
    np.testing.assert_allclose(
        foreign.predict(sequences), own.predict(sequences), rtol=1e-5, atol=1e-6
    )
