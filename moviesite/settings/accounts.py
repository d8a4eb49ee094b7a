"""Settings of accounts: who gets in, how, and for how long. A part of ``settings.py``."""

from moviesite.environment import Environment

env = Environment()
LOCAL = env.bool("MATINEE_LOCAL", default=False)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "moviesite.accounts.tokens.ApiTokenBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "moviesite.accounts.remote_user.RemoteUserBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "moviesite.accounts.passwords.StrengthValidator"},
    {"NAME": "moviesite.accounts.passwords.BreachValidator"},
]
# A service with the ranges of Have I Been Pwned, such as https://api.pwnedpasswords.com/range/
MATINEE_BREACHED_PASSWORDS_URL = env.str("MATINEE_BREACHED_PASSWORDS_URL", default="")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_USERNAME_VALIDATORS = "moviesite.accounts.names.username_validators"
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION", default="none" if LOCAL else "mandatory"
)
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
# In the browser that signed up; in another one the new member logs in first.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SIGNUP_REDIRECT_URL = "recommender:onboarding"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
USERSESSIONS_TRACK_ACTIVITY = False

# --- Who administers, and what needs to be confirmed --------------------------------------------

ACCOUNT_ADAPTER = "moviesite.accounts.adapter.AccountAdapter"
MATINEE_STAFF_NEEDS_SECOND_FACTOR = env.bool("MATINEE_STAFF_NEEDS_SECOND_FACTOR", default=not LOCAL)
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before an address, a factor or a token changes
ACCOUNT_EMAIL_NOTIFICATIONS = True
EMAIL_TIMEOUT = 10  # seconds: a page that sends a mail waits no longer

# --- How often: wrong passwords are counted in ``accounts/delays.py``, the rest by allauth --------

ACCOUNT_FORMS = {"login": "moviesite.accounts.login_form.LoginForm"}
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,5/15m/key"}
MATINEE_LIMITS = env.bool("MATINEE_LIMITS", default=not LOCAL)  # searches, imports, hooks

# --- Sessions, and keys --------------------------------------------------------------------------

MATINEE_SESSION_IDLE_DAYS = env.int("MATINEE_SESSION_IDLE_DAYS", default=14)
MATINEE_SESSION_DAYS = env.int("MATINEE_SESSION_DAYS", default=60)
SESSION_COOKIE_AGE = MATINEE_SESSION_DAYS * 24 * 3600
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former keys, newest first
MFA_ADAPTER = "moviesite.accounts.sealed.FactorAdapter"

# --- What is kept, and for how long: days, 0 for ever -------------------------------------------

MATINEE_AUDIT_DAYS = env.int("MATINEE_AUDIT_DAYS", default=365)
MATINEE_HISTORY_DAYS = env.int("MATINEE_HISTORY_DAYS", default=0)  # of the administration
MATINEE_RUN_DAYS = env.int("MATINEE_RUN_DAYS", default=0)
