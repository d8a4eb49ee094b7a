"""Names of the raters of datasets are not for members, at sign-up and later."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.test import Client

from catalog.models import Dataset
from moviesite.accounts.models import User
from moviesite.accounts.names import refuse_other_names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

SENTENCE = "reserved for imported datasets"


def sign_up(name: str) -> str:
    answer = Client().post(
        "/accounts/signup/",
        {"username": name, "email": "new@matinee.example", "password1": "a-calm-evening-42"},
    )
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize(
    "name", ["ml-1m-7", "ML-1M-7", "ml-latest-small-2018-610", "movies-dataset-small-1", "mine-12"]
)
def test_such_a_name_is_refused(name: str) -> None:
    Dataset.objects.create(slug="mine", title="A dataset of our own")
    assert SENTENCE in sign_up(name)
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["ida", "ida-7", "ml-1m", "ml-1m-fan", "mine-12"])
def test_others_are_not(name: str) -> None:
    assert sign_up(name) == ""
    assert User.objects.get().username == name


def test_nor_can_a_member_take_one_later() -> None:
    ida = User.objects.create_user("ida")
    client = Client()
    client.force_login(ida)
    answer = client.post("/accounts/profile/", {"username": "ml-1m-7"})
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert client.post("/accounts/profile/", {"username": "ida-7"}).status_code == 302


ALIKE = "looks like another member"
LOOKS = ["IDA", "ｉｄａ", "idа", "1da"]


@pytest.mark.parametrize("name", LOOKS)
def test_a_name_that_looks_like_anothers_is_refused(name: str, admin_client: Client) -> None:
    User.objects.create_user("ida")
    assert ALIKE in sign_up(name) or "already exists" in sign_up(name)
    ada = User.objects.create_user("ada")
    client = Client()
    client.force_login(ada)
    assert client.post("/accounts/profile/", {"username": name}).status_code == 422
    fields = {"username": name, "usable_password": "false"}
    made = admin_client.post("/admin/accounts/user/add/", fields, follow=True)
    assert made.status_code == 200
    assert User.objects.filter(username__in=[name, "ida"]).count() == 1


def test_an_address_is_no_name() -> None:
    assert "no e-mail address" in sign_up("ida@matinee.example")
    assert not User.objects.exists()


def test_old_names_stay_and_may_be_written_otherwise() -> None:
    for name in ("ida", "idа", "old@matinee.example"):
        member = User.objects.create_user(name)
        member.full_clean(exclude=["password"])
        client = Client()
        client.force_login(member)
        assert client.post("/accounts/profile/", {"username": member.username}).status_code == 302
    ada = User.objects.create_user("ada")
    client = Client()
    client.force_login(ada)
    assert client.post("/accounts/profile/", {"username": "ADA"}).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["sign-up", "profile"])
def test_names_that_look_alike_are_not_taken_at_once(form: str) -> None:
    """
    GIVEN a member whose name was looked at, and is not written yet
    WHEN somebody asks for one that looks the same
    THEN they wait for the first, and are refused
    """
    looked, answered = Event(), Event()
    eve = User.objects.create_user("eve", password="x")

    def first() -> None:
        with transaction.atomic():
            refuse_other_names("nova")
            looked.set()
            until = monotonic() + 60
            while monotonic() < until and not (answered.is_set() or _somebody_waits()):
                sleep(0.05)
            User.objects.create_user("nova")
        connection.close()

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(first)
        assert looked.wait(30)
        if form == "sign-up":
            sign_up("Nova")
        else:
            client = Client()
            client.force_login(eve)
            client.post("/accounts/profile/", {"username": "Nova"})
        answered.set()
        done.result()
    taken = User.objects.filter(username__iexact="nova")
    assert [one.username for one in taken] == ["nova"]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.rowcount > 0
