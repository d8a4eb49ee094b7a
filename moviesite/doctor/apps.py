"""The doctor: a command, and a part of the desk's page about health."""

from django.apps import AppConfig


class DoctorConfig(AppConfig):
    name = "moviesite.doctor"
    label = "doctor"
