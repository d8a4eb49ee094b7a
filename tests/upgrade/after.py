"""Run in a process of its own on the migrated database: what members and editors find there."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402

from catalog.models import (  # noqa: E402
    DiaryEntry,
    HiddenMovie,
    ImportRow,
    Movie,
    MovieListEntry,
    Rating,
    Sharing,
    WatchlistEntry,
)
from recommender.models import ModelVersion, RetrainingPolicy  # noqa: E402

setup_test_environment()
override_settings(
    STORAGES={
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
).enable()
user = get_user_model().objects.get(username="ada")
member, editor = Client(), Client()
member.force_login(user)
editor.force_login(get_user_model().objects.get(username="admin"))
amelie = Movie.objects.get(title="Amélie")
sharing = Sharing.objects.get(user=user)
json.dump(
    {
        "films": Movie.objects.count(),
        "ratings": Rating.objects.count(),
        "own": sorted(user.ratings.values_list("movie__title", "half_stars")),
        "watchlist": list(WatchlistEntry.objects.values_list("movie__title", flat=True)),
        "hidden": list(HiddenMovie.objects.values_list("movie__title", flat=True)),
        "diary": list(DiaryEntry.objects.values_list("half_stars", "note", "rewatch")),
        "list": list(MovieListEntry.objects.values_list("movie__title", "position", "note")),
        "rows": list(ImportRow.objects.values_list("title", "half_stars")),
        "sharing": [sharing.is_public, sharing.findable, sharing.shares_ratings],
        "live": [(one.kind, one.metrics) for one in ModelVersion.objects.filter(status="live")],
        "policy": RetrainingPolicy.objects.get().new_ratings,
        "amelie": [amelie.average_rating, amelie.link.imdb_id, amelie.hidden],
        "answers": {
            address: member.get(address, follow=True).status_code
            for address in (
                "/",
                "/movies/?q=amelie",
                amelie.get_absolute_url(),
                "/ratings/",
                "/watchlist/",
                "/lists/",
                "/diary/",
                "/import/",
                "/media-servers/",
                "/moderation/",
                "/api/v1/movies?search=amelie",
                "/api/v1/me/ratings",
            )
        },
        "desk": editor.get("/admin/").status_code,
    },
    sys.stdout,
)
