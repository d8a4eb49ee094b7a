"""The models that the site trains, with exactly its settings. Each is imported when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.learning.presets.next_item.model import SequenceBlendModel
    from recommender.learning.presets.stars.model import BayesianFactorizationModel
    from recommender.learning.validation import SeedLike


def explicit(random_state: SeedLike = None, *, device: str = "auto") -> BayesianFactorizationModel:
    """An unfitted model of stars: what will this user give this item?"""
    from recommender.learning.presets.stars.model import BayesianFactorizationModel

    return BayesianFactorizationModel(random_state=random_state, device=device)


def sequence(
    random_state: SeedLike = None, *, device: str = "auto", processes: int = 1
) -> SequenceBlendModel:
    """An unfitted model of what comes next: which item will this user choose after these?"""
    from recommender.learning.presets.next_item.model import SequenceBlendModel

    return SequenceBlendModel(random_state=random_state, device=device, processes=processes)
