"""Settings of log-in by others: providers, and a proxy's header. A part of ``settings.py``."""

from moviesite.environment import Environment
from moviesite.settings.social_logins import header_of, social_apps, social_providers

__all__ = [
    "OIDC_SIGN_UP",
    "REMOTE_EMAIL_META",
    "REMOTE_USER_META",
    "REMOTE_USER_SIGN_UP",
    "SOCIALACCOUNT_ADAPTER",
    "SOCIALACCOUNT_LOGIN_ON_GET",
    "SOCIALACCOUNT_PROVIDERS",
    "SOCIALACCOUNT_STORE_TOKENS",
    "SOCIAL_APPS",
]

env = Environment()

SOCIALACCOUNT_PROVIDERS = social_providers(env)
SOCIAL_APPS = social_apps(SOCIALACCOUNT_PROVIDERS)
SOCIALACCOUNT_ADAPTER = "moviesite.accounts.social_adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# A form that ends at another site is forbidden by our content security policy.
SOCIALACCOUNT_LOGIN_ON_GET = True
# Whom one's own provider knows is a member; False: only who may sign up here.
OIDC_SIGN_UP = env.bool("OIDC_SIGN_UP", default=True)

REMOTE_USER_META = header_of(env.str("REMOTE_USER_HEADER", default=""))
REMOTE_EMAIL_META = header_of(env.str("REMOTE_EMAIL_HEADER", default=""))
REMOTE_USER_SIGN_UP = env.bool("REMOTE_USER_SIGN_UP", default=True)
