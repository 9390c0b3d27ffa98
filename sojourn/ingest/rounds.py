"""Rounds: the applier at work, in a thread of its own, for as long as the server runs.

A round applies what has arrived and commits what has waited long enough. When one fails nothing is
lost: the rows stay in the inbox, the failure is told, and the next round tries them again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event as Signal

from sojourn.health import Health, said, what_fails
from sojourn.ingest.applier import Applier
from sojourn.metrics import Metrics

log = logging.getLogger("sojourn")
POLL_S = 0.2
"""How soon rows are noticed that another process, such as an import, put into the inbox."""
AGAIN_S = 1.0
"""How long a round that failed is over before the next."""
REST, TURN_S_MAX = 4, 0.25
"""After a round there is a rest of so many times as long as it took a processor, but both together
take no longer than this: a round costs nearly as much for one row as for a hundred, and one that
takes so long by itself is behind and has no rest."""
POISON_TOLD_S = 3_600.0
"""How long it is told that an event was set aside."""
STOPPED = ("disk_full", "read_only", "applier_stopped")
"""As what kinds of trouble a failure is told, and over when a round succeeds."""


def apply_forever(round: Callable[[], int], health: Health, wake: Signal, stop: Signal) -> None:
    """Do one round after another until told to stop; after one without work (it tells how much
    there was) wait to be woken."""
    told = ""
    while not stop.is_set():
        began_s = time.thread_time()
        try:
            worked = round()
            if told:
                health.right(told)
                told = ""
        except Exception as failure:
            kind = what_fails(failure, "applier_stopped")
            if told not in ("", kind):
                health.right(told)
            if kind != told and kind == "applier_stopped":
                log.error("Applying failed", exc_info=failure)
            told = kind
            health.wrong(told, said(failure))
            stop.wait(AGAIN_S)
            continue
        if worked:
            took_s = time.thread_time() - began_s
            if took_s < TURN_S_MAX:
                stop.wait(min(REST * took_s, TURN_S_MAX - took_s))
        else:
            wake.wait(POLL_S)
            wake.clear()


def timed_round(applier: Applier, metrics: Metrics, health: Health) -> int:
    """Apply the next rows, and commit if it is time to; how many rows and closed events there
    were."""
    began_s, before = time.perf_counter(), applier.aside
    worked = applier.step()
    if applier.aside > before:
        health.wrong("poison", f"{applier.aside - before} just now.", lasts_s=POISON_TOLD_S)
    if worked:
        metrics.applying.observe(time.perf_counter() - began_s)
    began_s = time.perf_counter()
    if applier.commit():
        metrics.committing.observe(time.perf_counter() - began_s)
        metrics.last_commit.set_to_current_time()
    return worked
