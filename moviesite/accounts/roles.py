"""Who does what behind /admin/: the roles that come with the site, as groups with permissions.

A migration makes the groups. What they may is written after each ``migrate``, from here: a page
that a new release brings is then open to those whose work it is. A site that wants another cut
makes groups of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps as site
from django.contrib.auth.management import create_permissions

READ = ("view",)
KEEP = ("view", "change")
EDIT = ("view", "add", "change")
WHOLE = ("view", "add", "change", "delete")

# Kept from administrators, who could make superusers of themselves by them.
SUPERUSERS_ALONE = frozenset(
    {
        *(f"auth.{action}_group" for action in ("add", "change", "delete")),
        *(f"account.{action}_emailaddress" for action in ("add", "change")),
        *(f"mfa.{action}_authenticator" for action in ("add", "change")),
        *(f"socialaccount.{action}_socialaccount" for action in ("add", "change")),
    }
)


def rights(app: str, actions: Iterable[str], *models: str) -> tuple[str, ...]:
    """The permissions for some actions on some models, as ``app.action_model``."""
    return tuple(f"{app}.{action}_{model}" for model in models for action in actions)


@dataclass(frozen=True)
class Role:
    """``name`` is the group's; ``permissions`` None: all but `SUPERUSERS_ALONE`."""

    name: str
    permissions: tuple[str, ...] | None


CATALOG_EDITOR = Role(
    "Catalog editor",
    (
        *rights("catalog", EDIT, "movie", "link", "genre", "collection"),
        *rights("catalog", EDIT, "company", "country", "language"),
        *rights("catalog", EDIT, "person", "credit", "keyword"),
        *rights("catalog", READ, "dataset", "filmchange", "filmmerge"),
        *rights("catalog", READ, "filmrequest", "tmdbrefresh", "waitingrow"),
        *rights("catalog", ("view", "add"), "datasetjob"),
    ),
)
MODEL_OPERATOR = Role(
    "Model operator",
    (
        *rights("recommender", KEEP, "trainingrun", "modelversion", "retrainingpolicy"),
        *rights("recommender", WHOLE, "scenario"),
        *rights("django_celery_beat", KEEP, "periodictask"),
        *rights("django_celery_beat", EDIT, "crontabschedule", "intervalschedule"),
        *rights("catalog", READ, "movie"),  # to pick films for a made-up history
    ),
)
MODERATOR = Role(
    "Moderator",
    (
        *rights("catalog", KEEP, "report", "takedown"),
        *rights("catalog", READ, "movielist"),  # of which they see the public ones
    ),
)
ADMINISTRATOR = Role("Administrator", None)

ROLES = (CATALOG_EDITOR, MODEL_OPERATOR, MODERATOR, ADMINISTRATOR)


def grant_roles(sender: Any, *, apps: Any = site, **options: Any) -> None:
    """Give each role's group exactly what the role needs; groups that were deleted stay deleted.

    Listens to ``post_migrate`` of the accounts. Permissions of other apps are made after this, app
    by app, or have been: here all are needed, so they are made at once.
    """
    try:
        groups = apps.get_model("auth", "Group").objects
        permissions = apps.get_model("auth", "Permission").objects
    except LookupError:
        return
    made = {group.name: group for group in groups.filter(name__in=[one.name for one in ROLES])}
    if not made:
        return
    for config in site.get_app_configs():
        create_permissions(config, verbosity=0, interactive=False, apps=apps)
    known = {
        f"{one.content_type.app_label}.{one.codename}": one
        for one in permissions.select_related("content_type")
    }
    for role in ROLES:
        if role.name in made:
            wanted = set(known) - SUPERUSERS_ALONE if role.permissions is None else role.permissions
            made[role.name].permissions.set(known[name] for name in wanted if name in known)
