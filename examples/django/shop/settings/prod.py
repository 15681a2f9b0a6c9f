"""For a server behind a proxy that ends TLS and sets X-Forwarded-Proto itself."""

from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import DEBUG, SECRET_KEY

ENVIRONMENT = "production"

# Django only warns of these, and only under `check --deploy` (security.W009, W018).
if (
    SECRET_KEY.startswith(SECRET_KEY_INSECURE_PREFIX)
    or len(SECRET_KEY) < SECRET_KEY_MIN_LENGTH
    or len(set(SECRET_KEY)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
):
    raise ImproperlyConfigured(
        f"SECRET_KEY must have at least {SECRET_KEY_MIN_LENGTH} characters,"
        f" {SECRET_KEY_MIN_UNIQUE_CHARACTERS} of them different,"
        f' and not begin with "{SECRET_KEY_INSECURE_PREFIX}"'
    )
if DEBUG:
    raise ImproperlyConfigured("DEBUG must be off")

CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
