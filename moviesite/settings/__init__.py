"""Settings of the site: every deployment choice is an environment variable, or a file's text.

The table of variables is in ``docs/operating.md``. ``MATINEE_LOCAL=1`` (set by ``make run`` and
by the tests) relaxes what only a public site needs: HTTPS, verified e-mail, a mail server.
"""

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from moviesite.environment import Environment
from moviesite.error_reports import report_errors_to
from moviesite.logs.format import structured_logging
from moviesite.middleware.public_address import PublicAddress
from moviesite.proxies import TrustedProxies
from moviesite.settings.accounts import *  # noqa: F403
from moviesite.settings.external_logins import *  # noqa: F403
from moviesite.settings.external_logins import SOCIAL_APPS
from moviesite.settings.files import *  # noqa: F403
from moviesite.settings.files import BASE_DIR, VAR_DIR
from moviesite.unsent_mail import TELLTALE, UNSENT

env = Environment()

LOCAL = env.bool("MATINEE_LOCAL", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")  # no default: a guessed key would forge every session

# Where people find the site; hosts, origins, path, scheme and cookies follow from it.
PUBLIC_ADDRESS = PublicAddress.parse(env.str("MATINEE_URL", default=""))
MATINEE_URL = str(PUBLIC_ADDRESS)
vars().update(PUBLIC_ADDRESS.settings())
ALLOWED_HOSTS = [
    *env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else []),
    *filter(None, [PUBLIC_ADDRESS.host]),
]
CSRF_TRUSTED_ORIGINS = [
    *env.list("CSRF_TRUSTED_ORIGINS", default=[]),
    *filter(None, [PUBLIC_ADDRESS.origin]),
]
SITE_NAME = env.str("SITE_NAME", default="Matinee")

INSTALLED_APPS = [
    "moviesite.accounts",
    "moviesite.backup",
    "moviesite.doctor.apps.DoctorConfig",
    "moviesite.health",
    "moviesite.upgrade",
    "catalog",
    "recommender",
    "moviesite.desk.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *SOCIAL_APPS,
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_structlog",
    "ninja",
]

MIDDLEWARE = [
    "moviesite.metrics.middleware.MetricsMiddleware",
    "moviesite.proxies.TrustedProxiesMiddleware",
    "moviesite.middleware.public_address.PublicAddressMiddleware",
    "moviesite.middleware.cookie_names.CookieNamesMiddleware",
    "moviesite.middleware.plain_http.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads its answers, against BREACH
    "moviesite.api.middleware.ApiMiddleware",
    "moviesite.middleware.clean_input.CleanInputMiddleware",
    "csp.middleware.CSPMiddleware",
    "moviesite.middleware.once.OnceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "moviesite.accounts.remote_user.RemoteUserMiddleware",
    "moviesite.accounts.private_pages.PrivatePagesMiddleware",
    "moviesite.accounts.private_pages.SessionLimitsMiddleware",
    "moviesite.throttles.ThrottleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "moviesite.urls"
WSGI_APPLICATION = "moviesite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "moviesite.context_processors.site",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "moviesite.jinja.environment"},
    },
]

# --- Services -------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL")}
if DATABASE_PASSWORD := env.str("DATABASE_PASSWORD", default=""):
    DATABASES["default"]["PASSWORD"] = DATABASE_PASSWORD
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # a server that is gone is noticed
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,  # milliseconds
        **DATABASES["default"].get("OPTIONS", {}),
    }
# Seconds after which a web process gives a statement up; 0: never. Workers have all the time.
DATABASE_STATEMENT_TIMEOUT = env.float("DATABASE_STATEMENT_TIMEOUT", default=20)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Of one client to one web process, at once; 0: any number.
MATINEE_CONNECTIONS_PER_ADDRESS = env.int("MATINEE_CONNECTIONS_PER_ADDRESS", default=64)

REDIS_URL = env.str("REDIS_URL")
# Seconds within which the cache answers, or the database does in its place.
CACHE_TIMEOUT = env.float("CACHE_TIMEOUT", default=0.2)
REDIS_CACHE = {
    "LOCATION": env.str("CACHE_URL", default=REDIS_URL),
    "KEY_PREFIX": "matinee",
    "VERSION": 2,  # the first had pickles
    "OPTIONS": {"socket_timeout": CACHE_TIMEOUT, "socket_connect_timeout": CACHE_TIMEOUT},
}
CACHES = {
    "default": {
        **REDIS_CACHE,
        "BACKEND": "moviesite.cache.CacheWithFallback",
        "OPTIONS": {**REDIS_CACHE["OPTIONS"], "fallback": "database"},
    },
    "sessions": {
        **REDIS_CACHE,
        "BACKEND": "moviesite.cache.SessionCache",
        "OPTIONS": {**REDIS_CACHE["OPTIONS"], "fallback": "nothing"},
    },
    "database": {
        "BACKEND": "moviesite.cache.PlainDatabaseCache",
        "LOCATION": "matinee_cache",
        "VERSION": 2,
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None  # progress and outcome live in TrainingRun rows
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"recommender.tasks.train": {"queue": "training"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # a traceback would become a warning for each line
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TASK_TIME_LIMIT = 5 * 3600  # below visibility_timeout, so a task is never delivered twice
CELERY_BEAT_SCHEDULER = "moviesite.health.scheduler:WatchedScheduler"
CELERY_TIMEZONE = "UTC"

# --- The recommender ------------------------------------------------------------------------

MATINEE_DATASET = env.str("MATINEE_DATASET", default="")
# Folders whose datasets may be named in the administration, and the largest upload there.
MATINEE_DATASET_FOLDERS = env.list("MATINEE_DATASET_FOLDERS", default=[str(VAR_DIR / "datasets")])
MATINEE_DATASET_UPLOAD_MB = env.int("MATINEE_DATASET_UPLOAD_MB", default=1024)
MATINEE_DEVICE = env.str("MATINEE_DEVICE", default="auto")
MATINEE_TRAINING_PROCESSES = env.int("MATINEE_TRAINING_PROCESSES", default=0)  # 0: one a GPU
if MATINEE_TRAINING_PROCESSES < 0:
    raise ImproperlyConfigured("MATINEE_TRAINING_PROCESSES must not be negative.")
MATINEE_RETRAIN_AFTER = env.int("MATINEE_RETRAIN_AFTER", default=0)  # 0: as set in the admin

# --- The API ----------------------------------------------------------------------------------

MATINEE_API_RATE = env.int("MATINEE_API_RATE", default=600)  # requests a minute; 0: any number

# --- TMDB: without a key the site never asks it ----------------------------------------------

TMDB_API_KEY = env.str("TMDB_API_KEY", default="").strip()
TMDB_API_URL = env.str("TMDB_API_URL", default="https://api.themoviedb.org/3")
MATINEE_COUNTRIES = [  # whose releases and providers are kept; the first is the site's own
    country.strip().upper() for country in env.list("MATINEE_COUNTRIES", default=["US"])
]
if not all(len(country) == 2 and country.isalpha() for country in MATINEE_COUNTRIES or [""]):
    raise ImproperlyConfigured("MATINEE_COUNTRIES must be ISO 3166-1 codes such as DE,AT,CH.")
MATINEE_ADD_FILMS = env.str("MATINEE_ADD_FILMS", default="members")  # or editors, or nobody
if MATINEE_ADD_FILMS not in ("members", "editors", "nobody"):
    raise ImproperlyConfigured("MATINEE_ADD_FILMS must be members, editors or nobody.")
MATINEE_ADD_FILMS_DAILY = env.int("MATINEE_ADD_FILMS_DAILY", default=20)
MATINEE_TMDB_NIGHTLY = env.int("MATINEE_TMDB_NIGHTLY", default=2000)
# Where the site, never a browser, gets pictures by their paths; empty: covers are drawn instead.
POSTER_BASE_URL = env.str("POSTER_BASE_URL", default="https://image.tmdb.org/t/p/w342")
IMAGE_CACHE_BYTES = env.int("IMAGE_CACHE_BYTES", default=2_000_000_000)
IMAGE_CACHE_DAYS = env.int("IMAGE_CACHE_DAYS", default=90)

# Hosts and networks beside the public internet that members may have asked for what they watched.
MATINEE_MEDIA_SERVERS = env.list("MATINEE_MEDIA_SERVERS", default=[])

# No upload is larger than a member's import may be.
FILE_UPLOAD_HANDLERS = [
    "catalog.member_import.upload_limit.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Mail; accounts are in ``account_settings.py`` ------------------------------------------

EMAIL_CONFIG = env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://")
vars().update(EMAIL_CONFIG)
if not LOCAL and EMAIL_CONFIG["EMAIL_BACKEND"] == TELLTALE:
    EMAIL_BACKEND = UNSENT
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Matinee <matinee@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Security -------------------------------------------------------------------------------

HTTPS = PUBLIC_ADDRESS.secure if PUBLIC_ADDRESS else not LOCAL
if env.str("HTTPS", default=""):
    HTTPS = env.bool("HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [rf"^(?:{PUBLIC_ADDRESS.path.lstrip('/')}/)?health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# They bind every other site beneath the domain, too: for its owner to choose.
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS and env.bool("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # that they are not chosen
# Whom to believe about address, scheme and host of a client; none: nobody.
MATINEE_TRUSTED_PROXIES = TrustedProxies.parse(env.list("MATINEE_TRUSTED_PROXIES", default=[]))
# The middleware leaves in REMOTE_ADDR and these headers only what is believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = True
IPWARE_META_PRECEDENCE_ORDER = ("REMOTE_ADDR",)  # for the logs
NINJA_NUM_PROXIES = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "moviesite.csrf.refuse"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Language, logs -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = USE_TZ = True

# Who may read /metrics; without one nobody, and nothing is counted.
MATINEE_METRICS_TOKEN = env.str("MATINEE_METRICS_TOKEN", default="")

if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    report_errors_to(SENTRY_DSN, traces=env.float("SENTRY_TRACES", default=0))

LOGGING = structured_logging(
    level=env.str("LOG_LEVEL", default="INFO"),
    style=env.str("LOG_FORMAT", default="console" if LOCAL else "json"),
    key=SECRET_KEY,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True  # tasks carry the id of the request that sent them
