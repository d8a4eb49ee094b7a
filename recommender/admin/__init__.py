"""The recommender in the admin: versions, runs with their progress, retraining settings."""

from .policy import RetrainingPolicyAdmin
from .runs import TrainingRunAdmin
from .scenarios import ScenarioAdmin
from .versions import ModelVersionAdmin

__all__ = ["ModelVersionAdmin", "RetrainingPolicyAdmin", "ScenarioAdmin", "TrainingRunAdmin"]
