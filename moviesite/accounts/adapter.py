"""What allauth asks the site about its accounts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from .door import may_sign_up, take_invitation
from .named_mails import NamedMails


class AccountAdapter(NamedMails):
    """allauth's own, with the rules of this site."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """With the account, one use of the invitation: both, or neither."""
        with transaction.atomic():
            if not take_invitation(request):
                raise PermissionDenied("The invitation was used up in the meantime.")
            return super().save_user(request, user, form, commit)
