"""The form of the log-in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm

from .throttles import named_account


class LoginForm(AllauthLoginForm):
    """A name or an e-mail address, which take the same time whether they are known or not."""

    def user_credentials(self) -> dict[str, Any]:
        """Always by name: by address a wrong password would be compared once more."""
        login = self.cleaned_data["login"]
        account = named_account(login)
        credentials: dict[str, Any] = {"username": account.get_username() if account else login}
        if password := self.cleaned_data.get("password"):
            credentials["password"] = password
        return credentials
