"""Health: what is wrong just now, said by whoever finds it, until it is over.

Each kind of trouble is listed here once: what it is called, what it means, and what to do. It
stands in `/health`, on the overview page, in the metrics, and in the log: once when it begins and
once when it is over, however many requests meet it.
"""

from __future__ import annotations

import errno
import logging
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import msgspec

from sojourn.errors import SojournError, Unavailable

log = logging.getLogger("sojourn")


class Kind(NamedTuple):
    """What a kind of trouble means. `stops` events from being accepted or applied; one that
    `refuses` is a reason to turn new ones away before they are read."""

    title: str
    mend: str
    stops: bool = True
    refuses: bool = False


KINDS: dict[str, Kind] = {
    "disk_low": Kind(
        "The disk is almost full",
        "Free space on the disk of the data folder. What was acknowledged is safe; senders keep "
        "the rest and come back.",
        refuses=True,
    ),
    "disk_full": Kind(
        "The disk is full",
        "Free space on the disk of the data folder, or of the database. What was acknowledged is "
        "safe; senders keep the rest and come back.",
    ),
    "read_only": Kind(
        "The disk cannot be written",
        "Give the server's user the right to write to the data folder, or mount its disk so.",
    ),
    "disk_fails": Kind(
        "What arrives cannot be written",
        "Look at the disk of the data folder, or at the database. Senders keep what was not "
        "acknowledged and come back.",
    ),
    "inbox_full": Kind(
        "More arrives than the disk takes",
        "Nothing is lost: senders come back. If it lasts, a faster disk helps, or larger batches.",
    ),
    "behind": Kind(
        "Applying is too far behind",
        "Nothing is lost: senders come back. If it lasts, the machine is too small, or the "
        "applier is held up: the log says by what.",
        refuses=True,
    ),
    "applier_stopped": Kind(
        "What was accepted is not applied",
        "Nothing is lost, and it is tried again every second. What stands here as its reason "
        "must be mended; if it is a mistake of ours, report it.",
    ),
    "clock_went_back": Kind(
        "The machine's clock went back",
        "Set it right (NTP). Nothing is lost; until it is where it was, times of arrival and what "
        "is due by them are wrong.",
    ),
    "lock_lost": Kind(
        "The data folder's lock is gone",
        "Something removed or replaced the file `lock`, so that another process might write here. "
        "Make sure that none does, and restart this one.",
        refuses=True,
    ),
    "job_fails": Kind(
        "A piece of background work fails",
        "It is tried again when it is due. What stands here as its reason must be mended.",
        stops=False,
    ),
    "poison": Kind(
        "An event could not be applied and was set aside",
        "It waits in the quarantine under the reason `poison`: report it, and replay it once this "
        "is mended.",
        stops=False,
    ),
    "poison_body": Kind(
        "A request could not be read",
        "It was refused under the reason `poison`, its sender was told, and nothing of it was "
        "kept: report it.",
        stops=False,
    ),
}
"""Every kind of trouble, by the name that monitors go by."""
RETRY_AFTER_S = 30
"""When those come back who were turned away: what refuses them does not pass in a moment."""
SAID_CHARS_MAX = 300
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class Trouble(msgspec.Struct, frozen=True):
    """One thing that is wrong, since when, and what to do."""

    name: str
    title: str
    detail: str
    mend: str
    since_ms: int

    def __str__(self) -> str:
        return f"{self.title}. {self.detail}".strip()


class Health:
    """What is wrong with one process; any thread may say so, and look."""

    def __init__(
        self,
        clock_ms: Callable[[], int],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock_ms = clock_ms
        self._clock_s = clock_s
        self._lock = Lock()
        self._troubles: dict[str, tuple[Trouble, float | None]] = {}

    def wrong(self, name: str, detail: str = "", *, lasts_s: float | None = None) -> None:
        """Say that there is trouble; over after `lasts_s` seconds, unless it is said again."""
        until_s = None if lasts_s is None else self._clock_s() + lasts_s
        with self._lock:
            known = self._troubles.get(name)
            since_ms = known[0].since_ms if known else self._clock_ms()
            title, mend, *_ = KINDS[name]
            trouble = Trouble(name, title, detail, mend, since_ms)
            self._troubles[name] = (trouble, until_s)
        if known is None:
            log.error("%s %s", trouble, trouble.mend)

    def right(self, *names: str) -> None:
        """Say that such trouble is over, if there was any."""
        if not self._troubles:
            return
        with self._lock:
            gone = [self._troubles.pop(name)[0] for name in names if name in self._troubles]
        for trouble in gone:
            log.warning("Over: %s.", trouble.title)

    def troubles(self) -> list[Trouble]:
        """What is wrong now, what stops events first."""
        if not self._troubles:
            return []
        now_s = self._clock_s()
        with self._lock:
            known = list(self._troubles.items())
        self.right(
            *(name for name, (_, until_s) in known if until_s is not None and until_s < now_s)
        )
        lasting = [one for _, (one, until_s) in known if until_s is None or until_s >= now_s]
        return sorted(lasting, key=lambda one: (not KINDS[one.name].stops, one.since_ms))

    def trouble(self, *names: str) -> str:
        """What is wrong first, of these kinds or of all that stop events; "" when nothing is."""
        wanted = names or [name for name, kind in KINDS.items() if kind.stops]
        return next((str(one) for one in self.troubles() if one.name in wanted), "")

    def require_room(self) -> None:
        """Raise `Unavailable` while there is trouble that refuses new events."""
        for trouble in self.troubles() if self._troubles else ():
            if KINDS[trouble.name].refuses:
                raise Unavailable(
                    trouble.title,
                    detail=trouble.detail,
                    mend="Nothing of this was kept. Send it again later.",
                    retry_after_s=RETRY_AFTER_S,
                )


def said(failure: BaseException) -> str:
    """What may be said of a failure to whoever looks: what a disk, a database or we ourselves say,
    and of any other, whose words may tell of people, only what it is and where."""
    if isinstance(failure, SojournError):
        return str(failure)
    cause = getattr(failure, "orig", None) or failure
    if isinstance(cause, OSError) or type(cause).__name__ == "OperationalError":
        return f"{type(cause).__name__}: {str(cause)[:SAID_CHARS_MAX]}"
    frames = traceback.extract_tb(failure.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(failure).__name__}{place}"


def what_fails(failure: BaseException, otherwise: str) -> str:
    """The kind of trouble that a failure of the disk or of a database is."""
    cause = getattr(failure, "orig", None) or failure
    code, text = getattr(cause, "errno", None), str(cause).lower()
    if code in _FULL or "disk is full" in text or "no space left" in text:
        return "disk_full"
    if code in _READ_ONLY or "readonly database" in text or "read-only file system" in text:
        return "read_only"
    return otherwise
