"""Log-in by others, as ``OIDC_…`` and ``SOCIAL_…`` in the environment say."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from moviesite.environment import Environment

PUBLIC = ("discord", "github", "gitlab", "google", "microsoft")
# The last part of the address that the provider sends people back to.
OIDC_ID = "oidc"
APPS = ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]


def social_providers(env: Environment) -> dict[str, Any]:
    """As allauth wants them, by name."""
    providers: dict[str, Any] = {}
    server = env.str("OIDC_SERVER_URL", default="").strip()
    if server:
        app = {
            "provider_id": OIDC_ID,
            "name": env.str("OIDC_NAME", default="OpenID Connect"),
            "client_id": _needed(env, "OIDC_CLIENT_ID", "OIDC_SERVER_URL"),
            "secret": _needed(env, "OIDC_CLIENT_SECRET", "OIDC_SERVER_URL"),
            "settings": {"server_url": server},
        }
        providers["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    names = [name.strip().lower() for name in env.list("SOCIAL_LOGINS", default=[])]
    for name in filter(None, names):
        if name not in PUBLIC:
            raise ImproperlyConfigured(
                f"SOCIAL_LOGINS must be names of {', '.join(PUBLIC)}; {name!r} is none."
            )
        prefix = f"SOCIAL_{name.upper()}"
        app = {
            "client_id": _needed(env, f"{prefix}_CLIENT_ID", "SOCIAL_LOGINS"),
            "secret": _needed(env, f"{prefix}_CLIENT_SECRET", "SOCIAL_LOGINS"),
        }
        providers[name] = {"APPS": [app]}
        if name == "google":
            providers[name] |= {"SCOPE": ["profile", "email"], "OAUTH_PKCE_ENABLED": True}
    return providers


def social_apps(providers: dict[str, Any]) -> list[str]:
    """What to install for them; that of OpenID Connect always, so that its tables are there."""
    return [*APPS, *(f"allauth.socialaccount.providers.{n}" for n in providers if n in PUBLIC)]


def header_of(header: str) -> str:
    """``Remote-User`` as WSGI calls it, ``HTTP_REMOTE_USER``."""
    name = header.strip().upper().replace("-", "_")
    return f"HTTP_{name}" if name else ""


def _needed(env: Environment, name: str, because: str) -> str:
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} must be set when {because} is.")
    return value
