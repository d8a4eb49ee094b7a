"""This release's settings, and one app more."""

from moviesite.settings import *  # noqa: F403
from moviesite.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.upgrade.next_release"]
MIDDLEWARE = ["tests.upgrade.next_release.middleware.name_release", *MIDDLEWARE]
