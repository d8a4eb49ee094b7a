"""Passwords that are refused: too easily guessed, or known from other sites' losses."""

from __future__ import annotations

import hashlib
from typing import Any

import requests
import structlog
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

log = structlog.get_logger(__name__)

LONG = 12
# Of zxcvbn, 0 to 4: guessed at once; so many tries that a short one will do.
COMMON, STRONG = 1, 3
LOOKED_AT = 72  # letters: more of them make none easier to guess
SECONDS = 3
OF_THE_MEMBER = ("username", "email", "first_name", "last_name")


class StrengthValidator(CommonPasswordValidator):
    """Twelve letters, or fewer that are hard to guess; nothing from the lists of common ones."""

    def validate(self, password: str, user: Any = None) -> None:
        known = [value for name in OF_THE_MEMBER if (value := getattr(user, name, ""))]
        score = zxcvbn(password[:LOOKED_AT], [*known, settings.SITE_NAME])["score"]
        if score <= COMMON or password.lower().strip() in self.passwords:
            raise ValidationError(
                _("This password is among the first that a program would try. Choose another."),
                code="password_common",
            )
        if len(password) < LONG and score < STRONG:
            raise ValidationError(
                _("Take at least %(count)d letters, or fewer that are harder to guess.")
                % {"count": LONG},
                code="password_weak",
            )

    def get_help_text(self) -> str:
        return _("At least %(count)d letters, or fewer that are hard to guess.") % {"count": LONG}


class BreachValidator:
    """Asks a service that the operator names, in the form of Have I Been Pwned's ranges.

    The service learns the first five digits of the password's SHA-1, which thousands share. Where
    it does not answer, the password is taken.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if not settings.MATINEE_BREACHED_PASSWORDS_URL:
            return
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if digest[5:] in self._known(digest[:5]):
            raise ValidationError(
                _("This password is in a list of stolen ones. Choose another."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("None that was stolen from another site.")

    def _known(self, start: str) -> set[str]:
        address = settings.MATINEE_BREACHED_PASSWORDS_URL.rstrip("/")
        try:
            answer = requests.get(
                f"{address}/{start}",
                timeout=SECONDS,
                headers={"Add-Padding": "true"},
                allow_redirects=False,
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            log.warning("breached_passwords_not_asked", error=repr(error))
            return set()
        rows = (line.partition(":") for line in answer.text.splitlines())
        return {ending.strip().upper() for ending, _colon, count in rows if count.strip() != "0"}
