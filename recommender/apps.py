"""What to watch: training, versions, serving."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("recommender")

    def ready(self) -> None:
        from catalog.signals import ratings_changed
        from recommender.nudging import nudge

        ratings_changed.connect(nudge, dispatch_uid="recommender.nudge")
