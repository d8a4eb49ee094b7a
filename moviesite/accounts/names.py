"""User names that nobody may take: those of raters, look-alikes of others, those taken down."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from catalog.datasets.known import CREDITS
from catalog.folding import looks_of
from catalog.models import Dataset, Takedown

from .models import User

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
NUMBERED = re.compile(r"(?P<dataset>.+)-\d+\Z")


def refuse_names_of_raters(name: str) -> None:
    """Raise ``ValidationError`` for ``ml-1m-7``, which rater 7 of MovieLens 1M has or will have.

    A member of that name would be taken for the rater, whose ratings then could not be imported.
    """
    match = NUMBERED.match(name)
    if match is None:
        return
    dataset = match["dataset"].casefold()
    known = any(dataset == slug or dataset.startswith(f"{slug}-") for slug in CREDITS)
    if known or Dataset.objects.filter(slug__iexact=dataset).exists():
        raise ValidationError(
            _("Names like this are reserved for imported datasets. Choose another."),
            code="name_of_rater",
        )


def refuse_names_taken_down(name: str, user: User) -> None:
    """Raise ``ValidationError`` while a moderator has taken the user's name down.

    After a review another one may be chosen, but not the same again.
    """
    if Takedown.of_name(user) is not None:
        raise ValidationError(
            _("A moderator took your name down: ask for a review first, under Moderation."),
            code="name_taken_down",
        )
    if Takedown.objects.filter(member=user, former_name__iexact=name).exists():
        raise ValidationError(
            _("A moderator took this name down. Choose another."), code="name_taken_down"
        )


def hold(name: str) -> None:
    """Let whoever asks for a name that looks the same wait for the end of the transaction."""
    with connection.cursor() as cursor:
        for look in sorted(looks_of(name)):
            cursor.execute(LOCK, [f"name {look}"])


def refuse_other_names(name: str, key: int | None = None) -> None:
    """Raise ``ValidationError`` for an address, and for what looks like another member's name.

    ``key`` is the member's own, who may write the name in another way. In a transaction nobody
    else can take such a name until its end.
    """
    hold(name)
    if "@" in unicodedata.normalize("NFKC", name):
        raise ValidationError(
            _("A name is no e-mail address: others see it."), code="name_is_address"
        )
    alike = User.objects.filter(name_look__in=looks_of(name), imported=False)
    if key is not None:
        alike = alike.exclude(pk=key)
    if alike.exists():
        raise ValidationError(
            _("This name looks like another member's. Choose another."), code="name_alike"
        )


def refuse_names_for_new_accounts(name: str) -> None:
    """Raise ``ValidationError`` for what no new account may be called, whoever makes it."""
    refuse_names_of_raters(name)
    refuse_other_names(name)


# For allauth's sign-up: what the model demands, and this.
username_validators: list[Any] = [
    *User._meta.get_field("username").validators,
    refuse_names_for_new_accounts,
]
