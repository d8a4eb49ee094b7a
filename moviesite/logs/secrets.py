"""Keeping secrets out of the logs: tokens in addresses, and who did what."""

import hashlib
import hmac
import re
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

# Addresses whose next part is a secret: of media servers, feeds, links in mails, invitations.
IN_PATH = re.compile(
    r"(/(?:hooks|feeds|night|password/reset/key|confirm-email|invitations?|invite|join)/)"
    r"[^/\s?#\"'<>]+"
)
IN_QUERY = re.compile(
    r"([?&](?:[\w-]*(?:key|token|secret|password|signature)|code|state)=)[^&\s#\"'<>]+", re.I
)
IN_HEADER = re.compile(r"(\b(?:Bearer|Token|Basic)\s+)[\w.~+/=:-]{8,}", re.I)
# What is written with a URL of a service: redis://user:password@host.
IN_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)")
SECRETS = (IN_PATH, IN_QUERY, IN_HEADER, IN_URL)


def without_secrets(text: str) -> str:
    """The text with ``…`` in place of secrets."""
    for pattern in SECRETS:
        text = pattern.sub(r"\1…", text)
    return text


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog that takes secrets out of every text."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = without_secrets(value)
    return event


class MemberHash:
    """A processor that names members by a keyed hash: the same in each line, and nobody's name.

    Who has the key finds a member's lines by hashing the member's number.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self.of = lru_cache(1024)(self._of)

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if (member := event.pop("user_id", None)) is not None:
            event["user"] = self.of(str(member))
        return event

    def _of(self, member: str) -> str:
        return hmac.new(self._key, f"log.member.{member}".encode(), hashlib.sha256).hexdigest()[:12]
