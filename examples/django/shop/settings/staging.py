"""Production, but for what cannot be taken back: browsers forget staging's HSTS within the hour."""

from .prod import *  # noqa: F403

ENVIRONMENT = "staging"

SECURE_HSTS_SECONDS = 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_HSTS_PRELOAD = False
