"""Accounts of the people who rate films."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "moviesite.accounts"
    label = "accounts"
    verbose_name = _("accounts")
