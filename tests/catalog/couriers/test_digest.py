"""The daily mail."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.utils import timezone

from catalog.couriers.digest import mail_digests
from catalog.models import FilmTranslation, Movie, NoticeChoices, NoticeKind
from catalog.services.member_language import keep_language
from catalog.services.notices import choose_ways, tell

WAYS = {"bell": ["import-done"], "mailed": ["import-done"], "pushed": [], "feed": []}


@pytest.fixture
def ada(db: None) -> Any:
    user = get_user_model().objects.create_user("ada", "ada@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def a_day_later() -> None:
    NoticeChoices.objects.update(mailed_at=timezone.now() - timedelta(days=1))


def test_nobody_gets_a_mail_without_choosing_it(ada: Any) -> None:
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert mail_digests() == 0
    assert mail.outbox == []


def test_a_mail_a_day_with_what_was_chosen(ada: Any, settings: Any) -> None:
    settings.MATINEE_URL = "https://films.example/"
    choose_ways(ada.pk, WAYS, "")
    a_day_later()
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv", address="/import/1/")
    tell(ada.pk, NoticeKind.AVAILABLE, "available-1")
    assert mail_digests() == 1
    (sent,) = mail.outbox
    assert sent.to == ["ada@example.org"]
    assert "diary.csv was imported" in sent.body
    assert "https://films.example/import/1/" in sent.body
    assert "services" not in sent.body
    assert mail_digests() == 0


def test_an_address_that_is_not_confirmed_gets_none(ada: Any) -> None:
    EmailAddress.objects.update(verified=False)
    choose_ways(ada.pk, WAYS, "")
    a_day_later()
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert mail_digests() == 0


def test_it_speaks_the_members_language(ada: Any) -> None:
    film = Movie.objects.create(title="Dune")
    FilmTranslation.objects.create(movie=film, language="de", title="Der Wüstenplanet")
    keep_language(ada.pk, "de")
    choose_ways(ada.pk, {**WAYS, "mailed": ["available"]}, "")
    a_day_later()
    tell(ada.pk, NoticeKind.AVAILABLE, "available-1", movie_id=film.pk)
    assert mail_digests() == 1
    (sent,) = mail.outbox
    assert sent.subject == "Matinee: Neues für dich"
    assert "Der Wüstenplanet von deiner Merkliste ist jetzt auf deinen Diensten" in sent.body
