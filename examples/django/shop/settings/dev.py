from .base import *  # noqa: F403

ENVIRONMENT = "development"
