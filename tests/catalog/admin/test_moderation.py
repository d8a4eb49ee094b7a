"""The moderators' pages: what they show, who may use them, and that they stay quick."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie, MovieList, Report, Sharing, Takedown
from catalog.services.lists import add_films, annotate_film, make_list
from catalog.services.moderation import ask_review, report_list, report_profile, take_down_list

pytestmark = pytest.mark.usefixtures("plain_static")

User = get_user_model()
QUEUE = "/admin/catalog/report/"
RIGHTS = ("view_report", "change_report", "view_takedown", "change_takedown")


@pytest.fixture
def moderator(db: None) -> Client:
    user = User.objects.create_user("mod", "mod@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def rude(ada: AbstractUser, films: list[Movie]) -> MovieList:
    made = make_list(user_id=ada.pk, title="Rude words", description="Worse", is_public=True)
    add_films(made, [movie.pk for movie in films[:2]])
    annotate_film(made, films[0].pk, "An insult")
    return made


@pytest.fixture
def eve(db: None) -> AbstractUser:
    user: AbstractUser = User.objects.create_user("eve", "eve@example.org")
    return user


def test_a_reported_list_is_looked_at_and_taken_down(
    moderator: Client, rude: MovieList, eve: AbstractUser
) -> None:
    report_list(eve.pk, rude, "offensive", "The third note")
    address = reverse("admin:catalog_report_list", args=[rude.pk])
    assert address in moderator.get(QUEUE).content.decode()
    page = moderator.get(address).content.decode()
    for words in ("Rude words", "Worse", "Film 00", "An insult", "The third note", "ada"):
        assert words in page
    assert moderator.post(address, {"do": "list", "concern": "spam"}).status_code == 200
    assert not Takedown.objects.exists(), "without an explanation nothing is taken down"
    answer = moderator.post(
        address, {"do": "list", "concern": "offensive", "explanation": "It insults."}, follow=True
    )
    assert "The member is told" in answer.content.decode()
    assert not Report.objects.waiting().exists()
    rude.refresh_from_db()
    assert rude.taken_down
    logged = LogEntry.objects.get()
    assert "Rude" not in logged.object_repr + logged.change_message


def test_reports_without_ground_are_settled(
    moderator: Client, rude: MovieList, eve: AbstractUser
) -> None:
    report_list(eve.pk, rude, "spam")
    address = reverse("admin:catalog_report_list", args=[rude.pk])
    assert (
        "1 report settled"
        in moderator.post(address, {"do": "dismiss"}, follow=True).content.decode()
    )
    assert Report.objects.get().outcome == "dismissed"
    assert not Takedown.objects.exists()


def test_a_profile_and_its_name_are_taken_down_apart(
    moderator: Client, ada: AbstractUser, eve: AbstractUser
) -> None:
    Sharing.objects.create(user=ada, is_public=True)
    report_profile(eve.pk, ada.pk, "offensive")
    found = moderator.get(QUEUE + "find/", {"name": "ada"})
    address = reverse("admin:catalog_report_member", args=[ada.pk])
    assert found["Location"] == address
    words = {"concern": "offensive", "explanation": "No."}
    moderator.post(address, {"do": "name", **words})
    moderator.post(address, {"do": "profile", **words})
    assert set(Takedown.objects.values_list("part", flat=True)) == {"name", "profile"}
    page = moderator.get(address).content.decode()
    assert 'value="name"' not in page
    assert 'value="profile"' not in page


def test_private_pages_are_no_business_of_moderators(
    moderator: Client, rude: MovieList, ada: AbstractUser
) -> None:
    MovieList.objects.update(is_public=False)
    for name, key in (("list", rude.pk), ("member", ada.pk), ("list", 0), ("member", 0)):
        address = reverse(f"admin:catalog_report_{name}", args=[key])
        assert moderator.get(address).status_code == 404
    answer = moderator.get(QUEUE + "find/", {"name": "ada"}, follow=True)
    assert "no public profile" in answer.content.decode()


def test_a_review_is_answered(moderator: Client, rude: MovieList) -> None:
    takedown = take_down_list(rude, "offensive", "It insults.")
    ask_review(takedown, "Not any more.")
    assert "review asked" in moderator.get("/admin/catalog/takedown/").content.decode()
    page = moderator.get(f"/admin/catalog/takedown/{takedown.pk}/change/").content.decode()
    assert "Not any more." in page
    address = reverse("admin:catalog_takedown_answer", args=[takedown.pk])
    assert moderator.get(address).status_code == 405
    moderator.post(address, {"do": "lift", "answer": ""})
    rude.refresh_from_db()
    assert rude.taken_down, "an answer has to say why"
    moderator.post(address, {"do": "lift", "answer": "Thank you."})
    rude.refresh_from_db()
    assert not rude.taken_down
    again = moderator.post(address, {"do": "lift", "answer": "Twice"}, follow=True)
    assert "lifted already" in again.content.decode()


def test_only_those_who_may_judge(rude: MovieList, ada: AbstractUser) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    reader = Client()
    reader.force_login(User.objects.get(pk=ada.pk), "django.contrib.auth.backends.ModelBackend")
    takedown = take_down_list(rude, "spam", "Tea.")
    for address in (
        QUEUE,
        QUEUE + "find/",
        reverse("admin:catalog_report_list", args=[rude.pk]),
        reverse("admin:catalog_report_member", args=[ada.pk]),
        reverse("admin:catalog_takedown_answer", args=[takedown.pk]),
    ):
        assert reader.get(address).status_code == 403, address


def test_the_queue_takes_as_many_queries_however_long_it_is(
    moderator: Client,
    rude: MovieList,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for many in (1, 30):
        for number in range(many):
            reporter = User.objects.create_user(f"reporter-{many}-{number}")
            report_list(reporter.pk, rude, "spam")
        with django_assert_max_num_queries(7):
            moderator.get(QUEUE)
    with django_assert_max_num_queries(8):
        moderator.get(reverse("admin:catalog_report_list", args=[rude.pk]))
