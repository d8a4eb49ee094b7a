"""Code written for Spotlight 0.1.6 changes only its import prefix: names, order and defaults."""

import inspect
from importlib import import_module

import pytest

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


def test_padding_is_spotlights():
    assert find("sequence.representations.PADDING_IDX") == 0
