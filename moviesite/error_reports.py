"""Telling a Sentry of what nobody caught, where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moviesite.logs.secrets import without_secrets

if TYPE_CHECKING:
    from sentry_sdk.types import Event


def report_errors_to(dsn: str, *, traces: float = 0.0) -> None:
    """Start the client in this process; who a member is, and what was sent, stays here."""
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration
    from sentry_sdk.integrations.django import DjangoIntegration

    sentry_sdk.init(
        dsn=dsn,
        traces_sample_rate=traces,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        before_send=_redacted,
        before_send_transaction=_redacted,
    )


def _redacted(event: Event, _hint: dict[str, Any]) -> Event:
    event.pop("user", None)
    return _without_secrets(event)  # type: ignore[return-value]


def _without_secrets(value: object) -> object:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: _without_secrets(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(one) for one in value]
    return value
