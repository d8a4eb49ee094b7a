"""How the transformer is made and trained, by what there is to compute with. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recommender.learning.validation import check_fraction, check_positive

FROM = 500_000
"""Below so many interactions a transformer gains nothing that the counted members lack."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The settings of :mod:`~recommender.learning.presets.next_item.neural.fit`.

    Parameters
    ----------
    dim, blocks, heads: int
        The width of a state, the number of blocks, and of the heads of each.
    dropout: float
        Of the items read and of what each block adds.
    window: int
        How many of the newest items are read, at most.
    batch: int
        Items in a batch, about.
    learning_rate, weight_decay: float
        Of AdamW; the rate rises over the first steps and falls to zero along half a cosine.
    budget: int
        Items that are read in all epochs together, at most: so a fit takes about as long on data
        of any size. There are ``most_epochs`` at most.
    seconds: float
        A fit ends within so many, on a slow machine with less read.
    patience: int
        Epochs without a gain on held-out users after which a fit ends.
    whole_catalog: int
        Up to so many items the answer is compared with all others, else with ``negatives`` that
        are drawn for each batch by popularity, corrected for that.
    ahead, decay: int, float
        The answer is the next so many items, each with ``decay`` times the share of the one
        before it: in what order alike items are met is mostly chance.
    """

    dim: int = 64
    blocks: int = 2
    heads: int = 2
    dropout: float = 0.2
    window: int = 200
    batch: int = 8192
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    budget: int = 40_000_000
    most_epochs: int = 40
    seconds: float = 2100.0
    patience: int = 8
    whole_catalog: int = 6000
    negatives: int = 256
    ahead: int = 3
    decay: float = 0.5

    def __post_init__(self) -> None:
        for name in ("dim", "blocks", "heads", "window", "batch", "learning_rate", "budget"):
            check_positive(name, getattr(self, name))
        for name in ("most_epochs", "patience", "negatives", "ahead", "seconds"):
            check_positive(name, getattr(self, name))
        check_fraction("dropout", self.dropout)
        if self.dim % (2 * self.heads):
            raise ValueError(
                f"dim must be a multiple of 2 heads ({2 * self.heads}), got {self.dim}"
            )

    def epochs(self, interactions: int) -> int:
        """How often so many interactions are read."""
        return max(1, min(self.most_epochs, self.budget // max(interactions, 1)))


ON_CPU = Recipe()
ON_GPU = replace(ON_CPU, dim=128, blocks=4, heads=4, dropout=0.3, budget=1_000_000_000)


def recipe_for(device: str) -> Recipe:
    """What is worth its time on a ``device``, 'cpu' or 'cuda'."""
    return ON_GPU if device == "cuda" else ON_CPU
