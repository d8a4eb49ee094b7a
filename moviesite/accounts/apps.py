"""Accounts of the people who rate films."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "moviesite.accounts"
    label = "accounts"
    verbose_name = _("accounts")

    def ready(self) -> None:
        from moviesite import unsent_mail as _checks  # noqa: F401 - for its check

        from .audit_signals import connect
        from .languages import note
        from .private_pages import begin
        from .roles import grant_roles

        connect()
        user_logged_in.connect(begin, dispatch_uid="accounts.begin")
        user_logged_in.connect(note, dispatch_uid="accounts.language")
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="accounts.roles")
