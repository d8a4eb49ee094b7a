"""URLs of the site."""

from django.contrib import admin
from django.urls import include, path

from moviesite import web_app
from moviesite.accounts import household_views, privacy_views
from moviesite.accounts.invitation_views import invited
from moviesite.accounts.log_in import log_in, sign_up
from moviesite.accounts.second_factor_views import second_factor
from moviesite.accounts.session_views import end_everywhere
from moviesite.accounts.token_views import remove_token, tokens
from moviesite.accounts.views import profile
from moviesite.api import api
from moviesite.favicon import favicon
from moviesite.health import views as health
from moviesite.language import choose_language
from moviesite.metrics.views import metrics
from recommender.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("catalog.urls")),
    path("", include("recommender.urls")),
    path("api/v1/", api.urls),
    path("manifest.webmanifest", web_app.manifest, name="manifest"),
    path("service-worker.js", web_app.service_worker, name="service-worker"),
    path("offline/", web_app.offline, name="offline"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("accounts/profile/", profile, name="profile"),
    path("accounts/sessions/end/", end_everywhere, name="sessions-end"),
    path("accounts/second-factor/", second_factor, name="second-factor"),
    path("accounts/export.zip", privacy_views.export_csv, name="account-export-csv"),
    path(
        "accounts/export-letterboxd.zip",
        privacy_views.export_letterboxd,
        name="account-export-letterboxd",
    ),
    path("accounts/export.json", privacy_views.export_json, name="account-export-json"),
    path("accounts/delete/", privacy_views.delete, name="account-delete"),
    path("accounts/household/", household_views.page, name="household"),
    path("accounts/household/device/", household_views.device, name="household-device"),
    path("accounts/household/pin/", household_views.pin, name="household-pin"),
    path("accounts/household/switch/", household_views.switch, name="household-switch"),
    path("accounts/household/enter/", household_views.enter, name="household-enter"),
    path("accounts/invite/<str:token>/", invited, name="invited"),
    path("accounts/tokens/", tokens, name="api-tokens"),
    path("accounts/tokens/<int:pk>/remove/", remove_token, name="api-token-remove"),
    path("accounts/login/", log_in, name="account_login"),
    path("accounts/signup/", sign_up, name="account_signup"),
    path("accounts/", include("allauth.urls")),
    path("favicon.ico", favicon, name="favicon"),
]

handler400 = "moviesite.errors.bad_request"
handler500 = "moviesite.errors.server_error"
