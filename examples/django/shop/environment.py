"""Reads settings from environment variables. A message names the variable and never quotes its value."""

import os

from django.core.exceptions import ImproperlyConfigured

# The words of Keyturn's as.boolean(): what arrives is the text as it is stored.
TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if value == "":
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """Unlike bool(), which takes the text "false" for true."""
    word = os.environ.get(name, "").lower()
    if word == "":
        return default
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is not a boolean: write one of {', '.join(TRUE + FALSE)}")


def items(name: str) -> list[str]:
    """Items between commas, blanks around them removed, as as.list() reads them."""
    return [item.strip() for item in required(name).split(",") if item.strip()]
