"""Models of the recommender, one file per noun."""

from .departure import Departure
from .modelversion import ModelVersion, VersionStatus
from .policy import RetrainingPolicy
from .preferences import Preferences
from .scenario import Scenario
from .tonight import TonightAnswer
from .trainingrun import RunMode, RunStatus, RunTrigger, TrainingRun
from .visit import HomeVisit

__all__ = [
    "Departure",
    "HomeVisit",
    "ModelVersion",
    "Preferences",
    "RetrainingPolicy",
    "RunMode",
    "RunStatus",
    "RunTrigger",
    "Scenario",
    "TonightAnswer",
    "TrainingRun",
    "VersionStatus",
]
