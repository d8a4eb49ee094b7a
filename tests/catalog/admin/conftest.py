"""A browser in which somebody is logged in who looks after the catalog."""

import pytest
from django.contrib.auth.models import AbstractUser, Permission
from django.test import Client

EDITS = (
    "view_movie",
    "add_movie",
    "change_movie",
    "view_filmmerge",
    "view_filmchange",
    "view_genre",
    "view_collection",
    "view_company",
    "view_country",
    "view_language",
    "add_link",
    "change_link",
    "view_link",
)


@pytest.fixture
def editor(db: None, django_user_model: type[AbstractUser]) -> AbstractUser:
    user = django_user_model.objects.create_user("ed", "ed@example.org", "secret", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=EDITS))
    return user


@pytest.fixture
def desk(editor: AbstractUser, plain_static: None) -> Client:
    client = Client()
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def stranger(db: None, plain_static: None, django_user_model: type[AbstractUser]) -> Client:
    """On the staff, but with nothing to do with films."""
    user = django_user_model.objects.create_user("sam", "s@example.org", "secret", is_staff=True)
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client
