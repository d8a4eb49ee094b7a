"""URLs of the recommender."""

from django.urls import path

from .views import filters, fragments, home, onboarding, row, taste, together, watch_next

app_name = "recommender"
urlpatterns = [
    path("", home.home, name="home"),
    path("tonight/", home.tonight, name="tonight"),
    path("rows/<slug:key>/", row.row, name="row"),
    path("watch-next/", watch_next.watch_next, name="watch-next"),
    path("taste/", taste.taste, name="taste"),
    path("together/", together.together, name="together"),
    path("together/night/", together.start, name="night-start"),
    path("welcome/", onboarding.onboarding, name="onboarding"),
    path("preferences/recommendations/", filters.filters, name="filters"),
    path("movies/<int:pk>/similar/", fragments.similar, name="similar"),
    path("movies/<int:pk>/prediction/", fragments.prediction, name="prediction"),
]
