"""Settings, read from the environment with their types. A wrong value stops the start, with its name.

The whole table of variables is in README.md; `./run` sets DATABASE_URL and REDIS_URL for its own services.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env
from environs import validate as allow

from advisory_portal.core.logs import configure_logs

# Lets classes such as ModelForm be written with the type they hold, as the type checker wants it.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- Where it runs -------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

# --- What it is made of --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "advisory_portal",
    "advisory_portal.core",
    "partners",
    "documents",
    "bookkeeping",
    "catalog",
    "client_portal",
    "collaborations",
    "unfold.apps.BasicAppConfig",  # the theme without its site: ours is partners.admin.OperatorSite
    "partners.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_linear_migrations",
]
MIDDLEWARE = [
    "advisory_portal.core.middleware.UnavailableMiddleware",
    "advisory_portal.core.middleware.RequestSizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # adds random bytes against guessing secrets from lengths
    "advisory_portal.core.middleware.PolicyMiddleware",
    "advisory_portal.core.middleware.HooksMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "advisory_portal.core.middleware.ActorMiddleware",
    "advisory_portal.core.middleware.RefusedMiddleware",
]
ROOT_URLCONF = "advisory_portal.urls"
HOOKS_PATH = "/hooks/"  # where machines call; see HooksMiddleware
WSGI_APPLICATION = "advisory_portal.wsgi.application"
ACTOR_SOURCES = [
    "collaborations.sources.grant_actor",
    "partners.sources.member_actor",
    "client_portal.sources.viewing_actor",
    "client_portal.sources.login_actor",
    "client_portal.sources.link_actor",
]
PORTAL_STRANGER = "client_portal.views.stranger"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "advisory_portal.jinja2.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "advisory_portal.frame.frame",
                "advisory_portal.portal_navigation.portal_frame",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database, cache, broker ---------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        "pool": {
            "min_size": env.int("DATABASE_POOL_MIN", 1),
            "max_size": env.int("DATABASE_POOL_MAX", 8),
            "timeout": env.int("DATABASE_POOL_TIMEOUT", 4),
        },
        # A number that is never reached: only what asks for it is planned once (core.statements.Prepared). None of it
        # behind a pooler that cannot follow prepared statements from one connection to another.
        "prepare_threshold": 10**9 if env.bool("DATABASE_PREPARED", True) else None,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "advisory_portal.core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.5, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # KB: a PDF of thousands of lines needs a lot, once
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": 60.0, "options": {"expires": 55}}
    for name in (
        "core.deliver_emails",
        "partners.sync_subscriptions",
        "documents.import_contacts",
        "documents.import_files",
        "documents.work_in_bulk",
        "documents.issue_recurring",
        "documents.plan_reminders",
        "documents.send_fiscal_records",
        "documents.fold_figures",
        "bookkeeping.fetch_mail",
        "bookkeeping.post_entries",
        "bookkeeping.read_inbox",
        "bookkeeping.make_filings",
        "bookkeeping.import_statements",
        "bookkeeping.reconcile_lines",
        "bookkeeping.release_lines",
        "client_portal.check_accounts",
        "catalog.make_pictures",
        "catalog.tell_of_low_stock",
        "catalog.work_off_lists",
        "client_portal.fold_months",
        "client_portal.mail_comments",
        "client_portal.send_documents",
        "client_portal.invite_contacts",
        "client_portal.send_reminders",
        "client_portal.send_refunds",
        "client_portal.handle_webhooks",
        "client_portal.sync_attempts",
        "client_portal.compare_gateways",
        "collaborations.mail_messages",
        "collaborations.watch_grants",
        "collaborations.send_digests",
        "collaborations.import_clients",
        "collaborations.hand_over",
    )
}

# --- Files and mail ------------------------------------------------------------------------------------------
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_REQUEST_BYTES = 4 * MAX_UPLOAD_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_500  # 500 lines of ten fields, and the head
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000


def _storage(url: str) -> dict[str, Any]:
    """The file storage named by STORAGE_URL: `file:///folder` or `s3://key:secret@host/bucket?region=…`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = unquote(parts.path)
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    if parts.scheme == "s3":
        query = parse_qs(parts.query)
        options = {
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "endpoint_url": f"https://{parts.hostname}" + (f":{parts.port}" if parts.port else ""),
            "bucket_name": parts.path.strip("/"),
            "region_name": query.get("region", [None])[0],
            "file_overwrite": False,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    raise ImproperlyConfigured(f"STORAGE_URL starts with {parts.scheme!r}; file:// and s3:// are known.")


STORAGES = {
    "default": _storage(env.str("STORAGE_URL", (BASE_DIR / "media").as_uri())),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

_email = env.dj_email_url("EMAIL_URL", "dummy://" if DEMO else "console://")
if "EMAIL_BACKEND" not in _email:
    raise ImproperlyConfigured("EMAIL_URL begins with a scheme that is not known: use submission:// or smtp://.")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", "Advisory Portal <portal@localhost>")

# --- Files that come in by mail ------------------------------------------------------------------------------
INBOX_IMAP_URL = env.str("INBOX_IMAP_URL", "")  # imaps://user:password@host/folder
INBOX_DOMAIN = env.str("INBOX_DOMAIN", "")  # what stands after the @ of each business's address
INBOX_IMAP_TIMEOUT = env.float("INBOX_IMAP_TIMEOUT", 30.0)  # seconds

# --- Reporting to tax agencies (docs/fiscal.md) --------------------------------------------------------------
# PEM files of the certificate that sends to the Spanish tax agency, and who answers for this software there.
VERIFACTU_CERTIFICATE = env.str("VERIFACTU_CERTIFICATE", "")
VERIFACTU_KEY = env.str("VERIFACTU_KEY", "")
VERIFACTU_PRODUCER = env.str("VERIFACTU_PRODUCER", "")
VERIFACTU_PRODUCER_TAX_ID = env.str("VERIFACTU_PRODUCER_TAX_ID", "")
VERIFACTU_PRODUCTION = env.bool("VERIFACTU_PRODUCTION", False)  # else the agency's test service
VERIFACTU_TIMEOUT = env.float("VERIFACTU_TIMEOUT", 60.0)  # seconds; a full message has taken half of them
VERIFACTU_URL = env.str("VERIFACTU_URL", "")  # another address for the messages

# --- Online payments (docs/payments.md) ----------------------------------------------------------------------
# Fernet keys that gateway credentials are kept with, the newest first. Without one no gateway can be connected.
PAYMENTS_KEYS: list[str] = env.list("PAYMENTS_KEYS", [])
# For how many days what a company called to say is kept word by word; that it called, and what came of it, stays.
WEBHOOK_BODY_DAYS = env.int("WEBHOOK_BODY_DAYS", 90, validate=allow.Range(min=1))
PAYMENTS_SANDBOX_URL = env.str("PAYMENTS_SANDBOX_URL", "")  # where `python -m advisory_portal.sandbox` answers

# The operator's own account at Stripe, which plans are charged with; without a key subscriptions are set by hand.
PLATFORM_STRIPE_SECRET_KEY = env.str("PLATFORM_STRIPE_SECRET_KEY", "")
PLATFORM_STRIPE_WEBHOOK_SECRET: list[str] = env.list("PLATFORM_STRIPE_WEBHOOK_SECRET", [])  # several while they change
PLATFORM_STRIPE_MODE = env.str("PLATFORM_STRIPE_MODE", "test", validate=allow.OneOf(["live", "test", "sandbox"]))

if PLATFORM_STRIPE_SECRET_KEY and ("_live_" in PLATFORM_STRIPE_SECRET_KEY[:9]) != (PLATFORM_STRIPE_MODE == "live"):
    raise ImproperlyConfigured(f"PLATFORM_STRIPE_SECRET_KEY is no key for PLATFORM_STRIPE_MODE={PLATFORM_STRIPE_MODE}.")
if PLATFORM_STRIPE_SECRET_KEY and PLATFORM_STRIPE_MODE == "sandbox" and not PAYMENTS_SANDBOX_URL:
    raise ImproperlyConfigured("PLATFORM_STRIPE_MODE=sandbox wants PAYMENTS_SANDBOX_URL.")

# --- People --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["partners.adapters.PersonBackend"]
SESSION_ENGINE = "advisory_portal.core.sessions"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "partners:home"
ACCOUNT_ADAPTER = "partners.adapters.AccountAdapter"
MFA_ADAPTER = "partners.adapters.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "signup": "partners.forms.RegisterForm",
    "login": "partners.forms.log_in.LogInForm",
    "reauthenticate": "partners.forms.log_in.ConfirmPasswordForm",
    "reset_password": "partners.forms.log_in.RecoverForm",
    "reset_password_from_key": "partners.forms.log_in.NewPasswordForm",
    "change_password": "partners.forms.log_in.ChangePasswordForm",
    "set_password": "partners.forms.log_in.SetPasswordForm",
    "add_email": "partners.forms.log_in.AddressForm",
}
MFA_FORMS = {
    "authenticate": "partners.forms.log_in.CodeForm",
    "reauthenticate": "partners.forms.log_in.ConfirmCodeForm",
    "activate_totp": "partners.forms.log_in.SetUpAppForm",
    "add_webauthn": "partners.forms.log_in.AddPasskeyForm",
    "edit_webauthn": "partners.forms.log_in.RenamePasskeyForm",
}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "signup": env.str("SIGNUP_RATE", "20/m/ip")}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Advisory Portal"
USERSESSIONS_TRACK_ACTIVITY = False
# Behind proxies, whose address the limits per address count: 1 for one proxy that sets X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
UNFOLD = {"SITE_TITLE": "Advisory Portal", "SITE_HEADER": "Advisory Portal"}

# --- Languages and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Security ------------------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_FAILURE_VIEW = "advisory_portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LOGGING = configure_logs(level=env.str("LOG_LEVEL", "INFO"), json=not (DEBUG or DEMO))
MIGRATION_LINTER_OPTIONS = {"exclude_apps": ["account", "mfa", "usersessions", "admin", "auth"]}
