"""Errors that stop a local run."""


class LocalRunError(Exception):
    """One clear sentence for the person who typed `make run`; ends the run with exit status 1."""


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: stop every child and leave.

    A BaseException, so that no handler of ordinary errors on the way swallows it.
    """
