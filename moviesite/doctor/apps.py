"""The doctor: a command, and a page of the admin."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DoctorConfig(AppConfig):
    name = "moviesite.doctor"
    label = "doctor"

    def ready(self) -> None:
        from catalog.admin.desk import Shortcut, add_shortcut

        from .page import PERMISSION

        add_shortcut(Shortcut(_("Examine the installation"), "admin:doctor", PERMISSION))
