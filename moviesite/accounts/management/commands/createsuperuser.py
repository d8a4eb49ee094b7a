"""Django's ``createsuperuser``, which refuses the names that sign-up refuses."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.exceptions import ValidationError

from moviesite.accounts.names import refuse_names_for_new_accounts


class Command(createsuperuser.Command):
    def _validate_username(self, username: str, *args: Any) -> str | None:
        """What is wrong with a name, in words, or None."""
        wrong: str | None = super()._validate_username(username, *args)  # type: ignore[misc]
        if wrong:
            return wrong
        try:
            refuse_names_for_new_accounts(username)
        except ValidationError as error:
            return "; ".join(error.messages)
        return None
