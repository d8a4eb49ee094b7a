"""What goes wrong with a back-up, in a sentence for the operator."""


class BackupError(Exception):
    pass
