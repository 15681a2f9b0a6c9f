"""Runs a command to which orphaned descendants fall, as to process 1 of a container, and which may not know of it."""

import ctypes
import os
import sys

PR_SET_CHILD_SUBREAPER = 36

if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    raise OSError(ctypes.get_errno(), "orphans could not be taken over")
os.execvp(sys.argv[1], sys.argv[1:])
