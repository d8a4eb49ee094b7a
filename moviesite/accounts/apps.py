"""Accounts of the people who rate films."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "moviesite.accounts"
    label = "accounts"
    verbose_name = _("accounts")

    def ready(self) -> None:
        from moviesite import unsent_mail as _checks  # noqa: F401 - for its check

        from .roles import grant_roles

        post_migrate.connect(grant_roles, sender=self, dispatch_uid="accounts.roles")
