"""The recommender app: training, versions, serving."""

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("recommender")

    def ready(self) -> None:
        from catalog.film_parts import draw_with
        from catalog.models import Genre, Movie
        from catalog.predictions import predict_with
        from catalog.services.backed_up_settings import restore_with
        from catalog.signals import films_changed, ratings_changed
        from recommender.pages.film_page import draw_prediction, draw_similar
        from recommender.runs.sweep import nudge
        from recommender.serving.live_catalog import catalog_changed, catalog_imported
        from recommender.serving.predicted_stars import predict_for
        from recommender.serving.preferences_backup import BackedUpPreferences

        predict_with(predict_for)
        draw_with("prediction", draw_prediction)
        draw_with("similar", draw_similar)
        restore_with(BackedUpPreferences())
        ratings_changed.connect(nudge, dispatch_uid="recommender.nudge")
        # What this process holds of the catalog in arrays has to follow it.
        ratings_changed.connect(catalog_imported, dispatch_uid="recommender.catalog")
        films_changed.connect(catalog_changed, dispatch_uid="recommender.films")
        m2m_changed.connect(catalog_changed, sender=Movie.genres.through)
        for sender in (Movie, Genre):
            post_save.connect(catalog_changed, sender=sender)
            post_delete.connect(catalog_changed, sender=sender)
