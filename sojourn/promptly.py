"""Promptly: a thread that somebody waits for goes on as soon as it can.

A question waits for the interpreter after each kernel, as long as events are taken in and applied
beside it: for the switch interval each time, and for up to 50 µs more, by which Linux may wake a
thread late so as to wake several together. What nobody notices once takes as long as the kernels.
But two threads that are always busy and change over ten thousand times a second do half as much as
when they change over five hundred times, so they do it only while somebody waits.

Nor does it help to have the interpreter where the processors are taken: a thread in the background
gets as much of them as one that answers, for half of a round needs no interpreter, unless it steps
back.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from contextlib import suppress

PR_SET_TIMERSLACK = 29
"""Linux's number (prctl(2)), for which Python has no name."""
SWITCH_ASKED_S, SWITCH_QUIET_S = 0.0001, 0.002
"""How long a thread may keep the interpreter when another one waits for it: while somebody waits
for an answer, and otherwise."""
SLACK_NS = 1
"""The least there is; 0 would mean the usual 50 µs."""

BEHIND = 10
"""How nice a thread is for which nobody waits: while both want a processor, it gets a tenth of what
another one gets. Nicer ones would hardly be heard while much is asked."""

_system = ctypes.CDLL(None) if sys.platform == "linux" else None


def wake_promptly() -> None:
    """Have the thread that calls this woken at once from now on. Where the system knows no such
    thing, nothing changes."""
    if _system is not None:
        _system.prctl(PR_SET_TIMERSLACK, ctypes.c_ulong(SLACK_NS), 0, 0, 0)


def hand_over(*, asked: bool) -> None:
    """Have all threads of this process hand the interpreter over sooner while somebody waits for an
    answer."""
    sys.setswitchinterval(SWITCH_ASKED_S if asked else SWITCH_QUIET_S)


def step_back() -> None:
    """Have the thread that calls this work from now on with what others leave of the processors,
    and with a little of them in any case. Where the system does not let it, nothing changes."""
    if sys.platform == "linux":
        # Elsewhere this would hold for the whole process.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
