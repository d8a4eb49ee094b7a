"""Errors that end a training early."""


class TrainingError(Exception):
    """A training cannot go on; the message says why, for people."""


class CancelledError(TrainingError):
    """Somebody cancelled the run."""


class LeaseLostError(TrainingError):
    """This process may no longer train: its lock's connection broke."""


class SupersededError(TrainingError):
    """Another process has taken this run up."""


class DivergedError(TrainingError):
    """The loss or the weights are no longer finite numbers."""


class KindBusyError(TrainingError):
    """Another process is training this kind."""


class NoRoomError(TrainingError):
    """The training would take more memory than is free."""
