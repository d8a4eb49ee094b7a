"""Which passphrase a command is to use."""

from pathlib import Path

from django.conf import settings

from moviesite.backup.errors import BackupError


def given_passphrase(file: Path | None) -> str | None:
    """That of the file, else the setting's, else none."""
    if file is None:
        return settings.MATINEE_BACKUP_PASSPHRASE or None
    try:
        passphrase = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"The passphrase cannot be read: {error}.") from error
    if not passphrase:
        raise BackupError(f"The passphrase file {file} is empty.")
    return passphrase
