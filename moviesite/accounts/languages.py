"""Members' languages are noted when they sign in."""

from django.contrib.auth.models import AbstractBaseUser

from catalog.services.member_language import note_language


def note(sender: object, user: AbstractBaseUser, **_: object) -> None:
    """Listens to log-ins; signing up is followed by one."""
    note_language(user.pk)
