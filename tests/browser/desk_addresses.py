"""An address for each page of the administration, from the URL resolver."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model
from django.urls import URLResolver, get_resolver, reverse

from catalog.models import Movie, MovieList
from tests.browser.site_addresses import Named, Part
from tests.browser.whole_site import WholeSite
from tests.fuzz.test_addresses import routes

# What answers no page: it leads on to another address, is asked with a parameter (see FURTHER), or
# is about something that only a request with a file or a running job has.
NO_PAGE = {
    *("admin:login", "admin:password_change", "admin:view_on_site"),
    *("admin:catalog_movie_compare", "admin:catalog_movie_propose", "admin:catalog_report_find"),
    *("admin:household-hook", "admin:household-hook-remove", "admin:catalog_datasetjob_live"),
    *("admin:accounts_signuppolicy_changelist", "admin:recommender_retrainingpolicy_changelist"),
    *("admin:recommender_modelversion_publish", "admin:catalog_waitingrow_change"),
}
# One template makes these of all models: those of films, lists and members stand for them.
ALIKE = ("_delete", "_history")
OF_ALIKE = ("admin:catalog_movie_", "admin:catalog_movielist_", "admin:accounts_user_")

FURTHER = {
    "root": (
        "/admin/catalog/movie/compare/?one={film}&other={other}",
        "/admin/catalog/movie/?q=none",
    ),
}


def named_routes() -> Iterator[Named]:
    (desk,) = (
        one
        for one in get_resolver().url_patterns
        if isinstance(one, URLResolver) and one.namespace == "admin"
    )
    for inside, _route, keys in routes(desk):
        name = f"admin:{inside}"
        if not name.endswith(ALIKE) or name.startswith(OF_ALIKE):
            yield name, keys


def address(name: str, keys: tuple[str, ...], whole: WholeSite) -> str:
    texts: dict[str, object] = {
        "app_label": "catalog",
        "content_type_id": 0,
        "kind": "sequence",
        "mode": "quick",
        "username": whole.member.get_username(),
    }
    thing = _thing(name.removeprefix("admin:"), whole)
    return reverse(name, kwargs={key: texts.get(key, thing.pk) for key in keys})


def _thing(view: str, whole: WholeSite) -> Model:
    """What the address is about: something of the member's, of the model in its name, or a film."""
    if view == "catalog_report_list":
        return whole.parts[MovieList]
    if view in ("catalog_report_member", "auth_user_password_change"):
        return whole.member
    for model in apps.get_models():
        if view.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            kept = whole.parts.get(model)
            return kept or model._base_manager.order_by("-pk").first() or whole.parts[Movie]
    return whole.parts[Movie]


DESK = Part(named_routes, address, FURTHER, NO_PAGE)
