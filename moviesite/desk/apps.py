"""Makes the desk the site's admin."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "moviesite.desk.site.DeskSite"
