"""Environment variables as the settings read them: each may come from a file.

``SECRET_KEY_FILE=/run/secrets/secret_key`` stands for ``SECRET_KEY``, and so for every variable:
the way in which containers and systemd hand over secrets.
"""

from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class VariablesOrFiles(FileAwareMapping):
    """The environment; a variable that has a file is the file's text without its last newline."""

    def __getitem__(self, key: str) -> str:
        path = self.env.get(f"{key}_FILE")
        try:
            value: str = super().__getitem__(key)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ImproperlyConfigured(
                f"{key}_FILE names {path}, which cannot be read: {reason}."
            ) from error
        return value.rstrip("\r\n") if path else value


class Environment(environ.FileAwareEnv):
    ENVIRON = VariablesOrFiles()

    def database(self, name: str) -> dict[str, Any]:
        """Of a URL; the host may be a folder of sockets, as PostgreSQL's own clients take it.

        ``postgres://%2Fvar%2Frun%2Fpostgresql/matinee``
        """
        found: dict[str, Any] = self.db_url(name)
        found["HOST"] = unquote(found["HOST"] or "")
        return found
