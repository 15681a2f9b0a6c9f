#!/usr/bin/env python
import sys

from django.core.management import execute_from_command_line

# No default for DJANGO_SETTINGS_MODULE: without it nothing runs, rather than the wrong environment.
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
