"""What the audit trail has, who may read it, and that nobody changes it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from catalog.models import DatasetJob
from moviesite.accounts.cleanup import clean_up
from moviesite.accounts.deletion import delete_account
from moviesite.accounts.models import AuditEntry, User
from tests.catalog import dataset_cases as cases
from tests.recommender.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

PASSWORD = "a-long-and-calm-evening-42"
PAGE = "/admin/accounts/auditentry/"


@pytest.fixture
def ida(settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return User.objects.create_superuser("ida", "ida@matinee.example", PASSWORD)


@pytest.fixture
def client(ida: User) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.post("/accounts/login/", {"login": "ida", "password": PASSWORD})
    return client


def last(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).latest("pk")


def test_log_ins_and_refusals_are_kept_without_what_was_typed(client: Client, ida: User) -> None:
    entry = last("logged_in")
    assert (entry.actor, entry.ip, entry.about) == (ida, "192.0.2.7", f"user {ida.pk}")
    for login in ("IDA@matinee.example", "my-secret-pass-word"):
        Client(REMOTE_ADDR="192.0.2.9").post(
            "/accounts/login/", {"login": login, "password": "wrong"}
        )
    refused = AuditEntry.objects.filter(action="refused").order_by("pk")
    assert [one.about for one in refused] == [f"user {ida.pk}", ""]
    assert {(one.actor, one.ip) for one in refused} == {(None, "192.0.2.9")}
    assert "secret" not in str(list(refused.values()))


def test_a_wrong_second_factor_is_kept(ida: User) -> None:
    TOTP.activate(ida, "JBSWY3DPEHPK3PXP")
    thief = Client(REMOTE_ADDR="192.0.2.9")
    thief.post("/accounts/login/", {"login": "ida", "password": PASSWORD})
    thief.post("/accounts/2fa/authenticate/", {"code": "000000"})
    entry = last("refused")
    assert (entry.actor, entry.ip) == (None, "192.0.2.9")
    assert (entry.about, entry.detail) == (f"user {ida.pk}", "totp")


def test_what_matters_for_safety_is_kept(client: Client, ida: User) -> None:
    ada = User.objects.create_user("ada", "ada@matinee.example")
    b"".join(client.get("/accounts/export.zip").streaming_content)  # type: ignore[attr-defined]
    client.post("/accounts/tokens/", {"name": "script"})
    new = "another-calm-evening-43"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    fields = {"username": "ada", "is_active": "on", "is_staff": "on"}
    fields |= {"sharing-TOTAL_FORMS": "0", "sharing-INITIAL_FORMS": "0"}
    client.post(f"/admin/accounts/user/{ada.pk}/change/", fields)
    key = ada.pk
    delete_account(ada)
    client.post("/accounts/sessions/end/")
    for action in ("export", "token", "password", "account", "deletion", "sessions"):
        assert last(action).detail or last(action).about, action
    assert last("export").actor == last("sessions").actor == ida
    assert last("account").about == f"user {key}"
    assert "Staff status" in last("account").detail
    assert last("deletion").about == f"user {key}"


def test_a_published_model_is_kept(world: World) -> None:
    version = world.publish("factorization")[0]
    entry = last("publish")
    assert (entry.about, entry.detail) == (f"version {version.pk}", "factorization")


def test_staff_search_it_and_change_nothing(client: Client, ida: User) -> None:
    entry = last("logged_in")
    assert "192.0.2.7" in client.get(f"{PAGE}?q=192.0.2.7").content.decode()
    assert "192.0.2.7" not in client.get(f"{PAGE}?action__exact=export").content.decode()
    for path in (f"{PAGE}add/", f"{PAGE}{entry.pk}/delete/"):
        assert client.post(path, {"post": "yes"}).status_code == 403
    client.post(PAGE, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"})
    assert client.post(f"{PAGE}{entry.pk}/change/", {"about": "x"}).status_code == 403
    entry.refresh_from_db()
    assert entry.about == f"user {ida.pk}"


def test_it_goes_by_its_age(client: Client, settings: Any) -> None:
    AuditEntry.objects.update(at=timezone.now() - timedelta(days=366))
    client.post("/accounts/tokens/", {"name": "script"})
    settings.MATINEE_AUDIT_DAYS = 0
    clean_up()
    assert AuditEntry.objects.filter(action="logged_in").exists()
    settings.MATINEE_AUDIT_DAYS = 365
    clean_up()
    assert {one.action for one in AuditEntry.objects.all()} == {"token"}


def test_datasets_that_staff_bring_in_are_kept(
    client: Client, ida: User, settings: Any, tmp_path: Path
) -> None:
    settings.MATINEE_DATASET_FOLDERS = [str(tmp_path)]
    folder = cases.write(tmp_path / "ml-latest-small")
    client.post("/admin/catalog/datasetjob/add/", {"source": str(folder), "scale": "5"})
    job = DatasetJob.objects.get()
    entry = last("dataset")
    assert (entry.actor, entry.about) == (ida, f"datasetjob {job.pk}")
    assert entry.detail == f"named {folder}"
    client.post(f"/admin/catalog/datasetjob/{job.pk}/cancel/")
    assert last("dataset").detail == "cancelled"
