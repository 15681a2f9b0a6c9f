"""Runs a command on a pseudo-terminal of its own and copies what is written there to stdout."""

import os
import pty
import sys

os._exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
