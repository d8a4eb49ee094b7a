"""Models of the recommender, one file per noun."""

from .departure import Departure
from .modelversion import ModelVersion, VersionStatus
from .policy import RetrainingPolicy
from .preferences import Preferences
from .scenario import Scenario
from .trainingrun import RunMode, RunStatus, RunTrigger, TrainingRun

__all__ = [
    "Departure",
    "ModelVersion",
    "Preferences",
    "RetrainingPolicy",
    "RunMode",
    "RunStatus",
    "RunTrigger",
    "Scenario",
    "TrainingRun",
    "VersionStatus",
]
