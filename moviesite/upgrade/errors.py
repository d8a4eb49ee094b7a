"""Why an upgrade did not happen, in sentences for the operator."""


class UpgradeError(Exception):
    pass
