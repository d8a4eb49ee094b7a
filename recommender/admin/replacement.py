"""The admin's page that says what members will see, before another version goes live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma, naturaltime
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommender import kinds
from recommender.admin.verdict_words import accuracy
from recommender.kinds import StarKind
from recommender.learning.artifact import ArtifactError, read_artifact
from recommender.models import ModelVersion
from recommender.versions.artifacts import local_folder


def replacement_page(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: ModelVersion | None,
    *,
    title: str,
    kind: str,
    is_rollback: bool,
) -> HttpResponse:
    """Asks whether ``version`` shall go live; None: there is nothing to go back to."""
    live = ModelVersion.objects.live(kind)
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": ModelVersion._meta,
        "version": version,
        "live": live,
        "is_rollback": is_rollback,
        "effects": [] if version is None else list(_effects(version, live, is_rollback)),
        "judged": [(one, accuracy(one)) for one in (live, version) if one is not None],
    }
    return TemplateResponse(request, "admin/recommender/replace.html", context)


def _effects(version: ModelVersion, live: ModelVersion | None, is_rollback: bool) -> Iterator[str]:
    what = (
        _("Predicted stars, and the order of top picks,")
        if isinstance(kinds.get(version.kind), StarKind)
        else _("“Watch next”, and part of the order of top picks,")
    )
    yield _(
        "%(what)s come from version %(n)s, trained %(when)s on %(ratings)s ratings, within a "
        "second or so and without a restart."
    ) % {
        "what": what,
        "n": version.pk,
        "when": naturaltime(version.trained_at),
        "ratings": intcomma(version.rating_count),
    }
    if lost := _films_lost(version, live):
        yield ngettext(
            "%(count)s film that the live version knows is unknown to it: without predicted "
            "stars, and not recommended until the next training.",
            "%(count)s films that the live version knows are unknown to it: without predicted "
            "stars, and not recommended until the next training.",
            lost,
        ) % {"count": intcomma(lost)}
    yield _("No rating is lost: what members rated since still counts for their own lists.")
    if live is not None and is_rollback:
        yield _("Version %(n)s is marked as turned down and is no longer pinned.") % {"n": live.pk}
    if live is not None:
        yield _("You can publish version %(n)s again as long as its files are kept.") % {
            "n": live.pk
        }
    yield _("The next training may replace it, unless you pin it.")


def _films_lost(version: ModelVersion, live: ModelVersion | None) -> int:
    """Films that only the live version knows; 0 where either cannot be read."""
    if live is None:
        return 0
    try:
        known = [_movie_ids(one) for one in (live, version)]
    except (ArtifactError, OSError, KeyError):
        return 0
    return len(known[0] - known[1])


def _movie_ids(version: ModelVersion) -> set[int]:
    artifact = read_artifact(local_folder(version.artifact), verify=False)
    return set(artifact.arrays["item_movie_ids"].tolist())
