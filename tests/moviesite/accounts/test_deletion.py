"""Deleting an account: who may, what goes, and what the models see of it."""

from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connection
from django.test import Client

from catalog.models import DatasetJob, Movie, MovieList, Rating, Sharing
from catalog.services.ratings import rate
from catalog.signals import ratings_changed
from moviesite.accounts.deletion import LastAdministratorError, delete_account
from moviesite.accounts.models import AuditEntry, User
from moviesite.accounts.privacy import PARTS
from recommender.data.snapshot import take_snapshot
from recommender.models import ModelVersion, TrainingRun
from tests.moviesite.accounts.conftest import PASSWORD, fill
from tests.moviesite.accounts.test_privacy import belongings
from tests.recommender.world import RATINGS_OF_EACH, World

PATH = "/accounts/delete/"
MEANT = {"username": "Ida-Marker", "password": PASSWORD}


@pytest.fixture(autouse=True)
def forgetful_limits() -> None:
    """Wrong passwords of earlier tests count no more."""
    cache.clear()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"username": "ida-marker"}, "username"),
        ({"username": ""}, "username"),
        ({"password": "a-guess-of-somebody-else"}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_it_has_to_be_meant(client: Client, changed: dict[str, str], wrong: str) -> None:
    answer = client.post(PATH, {**MEANT, **changed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert User.objects.filter(username="Ida-Marker").exists()
    assert client.get(PATH).status_code == 200, "still logged in"


@pytest.mark.django_db
def test_guessing_the_password_is_slowed_down(client: Client) -> None:
    tries = [client.post(PATH, {**MEANT, "password": f"guess {n}"}).status_code for n in range(12)]
    assert tries[0] == 422
    assert tries[-1] in (403, 429)


@pytest.mark.django_db
def test_without_a_password_allauth_asks_for_the_passkey(client: Client, ida: User) -> None:
    ida.set_unusable_password()
    ida.save()
    client.force_login(ida, "django.contrib.auth.backends.ModelBackend")
    asked = client.post(PATH, {"username": "Ida-Marker"})
    assert asked.url.startswith("/accounts/2fa/webauthn/reauthenticate/")  # type: ignore[attr-defined]
    assert User.objects.filter(pk=ida.pk).exists()


@pytest.mark.django_db
def test_the_only_administrator_stays(client: Client, ida: User) -> None:
    User.objects.filter(pk=ida.pk).update(is_superuser=True)
    User.objects.create_user("gone", is_superuser=True, is_active=False)
    answer = client.post(PATH, MEANT)
    assert answer.status_code == 422
    assert "nobody could administer" in answer.content.decode()
    with pytest.raises(LastAdministratorError, match="Ida-Marker is the only administrator"):
        delete_account(User.objects.get(pk=ida.pk))
    User.objects.create_superuser("second")
    assert client.post(PATH, MEANT).status_code == 302
    assert list(User.objects.filter(is_superuser=True, is_active=True)) == [
        User.objects.get(username="second")
    ]


@pytest.mark.django_db
def test_a_visitor_is_sent_to_the_login(plain_static: None) -> None:
    assert Client().post(PATH, MEANT).url.startswith("/accounts/login/")  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_nothing_remains(client: Client, ida: User, world: World) -> None:
    """Neither a row that refers to the user nor the name or address in any table."""
    other = User.objects.create_user("other", "other@matinee.example")
    fill(other, world)
    LogEntry.objects.create(
        user=User.objects.create_superuser("boss"),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(ida.pk),
        object_repr="Ida-Marker",
        action_flag=CHANGE,
    )
    boss = User.objects.get(username="boss")
    for model, repr_ in ((EmailAddress, ida.email), (Sharing, "what Ida-Marker shares")):
        LogEntry.objects.create(
            user=boss,
            content_type=ContentType.objects.get_for_model(model),
            object_id="1",
            object_repr=repr_,
            change_message='[{"changed": {"name": "user", "object": "ida-marker", "fields": []}}]',
            action_flag=CHANGE,
        )
    version = world.publish()[0]
    ModelVersion.objects.filter(pk=version.pk).update(reason="published by Ida-Marker")
    run = TrainingRun.objects.create(
        kind="factorization", mode="full", trigger="manual", trigger_detail="by Ida-Marker"
    )
    job = DatasetJob.objects.create(kind="import", asked_by=ida, source="films of ida-marker.zip")
    MovieList.objects.filter(user=other).update(title="A night with ida-marker-2")
    elsewhere = Client()
    elsewhere.force_login(ida, "django.contrib.auth.backends.ModelBackend")
    assert elsewhere.get(PATH).status_code == 200
    key, session = ida.pk, client.session.session_key
    filled = [
        model
        for model, references in belongings().items()
        for one in references
        if one.related_model is User and model.objects.filter(**{one.name: key}).exists()  # type: ignore[attr-defined]
    ]
    assert {part.model for part in PARTS if part.owner == "user_id"} <= set(filled)
    told: list[int] = []

    def hear(sender: Any, user_id: int, **_: Any) -> None:
        assert not User.objects.filter(pk=user_id).exists(), "sent after the commit"
        told.append(user_id)

    ratings_changed.connect(hear)
    try:
        answer = client.post(PATH, MEANT, follow=True)
    finally:
        ratings_changed.disconnect(hear)
    assert answer.redirect_chain == [("/", 302)]
    assert "have been deleted" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated
    assert told == [key]
    for one in (client, elsewhere):
        assert one.get("/ratings/").url.startswith("/accounts/login/")  # type: ignore[attr-defined]
    for model, references in belongings().items():
        for one in references:
            if one.related_model is User:
                assert not model.objects.filter(**{one.name: key}).exists(), model  # type: ignore[attr-defined]
    MovieList.objects.filter(user=other).update(title="Later")
    assert rows_with("ida-marker") == []
    assert files_with(b"ida-marker") == []
    version.refresh_from_db()
    run.refresh_from_db()
    job.refresh_from_db()
    assert version.reason == f"published by user {key}"
    assert run.trigger_detail == f"by user {key}"
    assert (job.asked_by, job.source) == (None, "films of ….zip")
    left = AuditEntry.objects.filter(about=f"user {key}", action="deletion").get()
    assert (left.actor, left.ip) == (None, None)
    assert rows_with(str(session)) == []
    assert Rating.objects.filter(user=other).count() == 3
    told_of = set(LogEntry.objects.values_list("object_repr", flat=True))
    assert told_of == {f"user {key}", f"what user {key} shares"}


@pytest.mark.django_db(transaction=True)
def test_the_averages_and_the_next_snapshot_forget_the_user(
    client: Client, ida: User, world: World
) -> None:
    other = User.objects.create_user("other")
    rate(user_id=other.pk, movie=world.movies[0], half_stars=2)
    before = take_snapshot()
    assert ida.pk in before.user_ids
    assert client.post(PATH, MEANT).status_code == 302
    after = take_snapshot()
    assert set(after.user_ids.tolist()) == {other.pk}
    assert after.fingerprint.data_hash != before.fingerprint.data_hash
    assert after.fingerprint.rating_count == before.fingerprint.rating_count - 3
    film = Movie.objects.get(pk=world.movies[0].pk)
    count, others = RATINGS_OF_EACH + 1, 3.5 * RATINGS_OF_EACH
    assert film.rating_count == count
    assert film.average_rating == pytest.approx((others + 1.0) / count)


def rows_with(text: str) -> list[str]:
    """The tables that have ``text`` anywhere, in any case."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} t"  # noqa: S608
                " WHERE position(lower(%s) IN lower(t::text)) > 0",
                [text],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def files_with(text: bytes) -> list[str]:
    """The files of all storages that have ``text`` in them or in their names, in any case."""
    found = []
    for name in settings.STORAGES:
        if not hasattr(storages[name], "location") or name == "staticfiles":
            continue
        for path in Path(storages[name].location).rglob("*"):
            read = path.read_bytes() if path.is_file() else b""
            if text in read.lower() or text in str(path).lower().encode():
                found.append(str(path))
    return found
