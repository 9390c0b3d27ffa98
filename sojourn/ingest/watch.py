"""The watch: looks every second at what nobody else would notice, and tells when it is wrong.

It sees the free space of the disk, how far applying is behind, whether the clock went back, and
whether the lock of the data folder is still the one that this process holds.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sojourn.health import Health
from sojourn.ingest.inbox import Backlog

EVERY_S = 1.0
BACK_MS = 2_000
"""A clock that is put right by less than this went on as clocks do."""
MIB = 1024 * 1024


@dataclass(slots=True)
class Watch:
    """`free_min` is in bytes and `behind_max` in events; `is_locked` tells whether this process
    still holds the folder's lock."""

    health: Health
    data: Path
    free_min: int
    behind_max: int
    backlog: Callable[[], Backlog]
    is_locked: Callable[[], bool]
    clock_ms: Callable[[], int]
    clock_s: Callable[[], float] = time.monotonic
    _latest_ms: int = field(default=0, init=False)

    def look(self) -> None:
        """Look at everything once."""
        self._look_at_clock()
        self._look_at_lock()
        self._look_at_disk()
        self._look_at_backlog()

    def _look_at_disk(self) -> None:
        free = shutil.disk_usage(self.data).free
        if free < self.free_min:
            detail = f"{free // MIB:,} MiB are free, {self.free_min // MIB:,} are kept free."
            self.health.wrong("disk_low", detail)
        else:
            self.health.right("disk_low")
        if os.statvfs(self.data).f_flag & os.ST_RDONLY:
            self.health.wrong("read_only", f"{self.data} is read-only.", lasts_s=5 * EVERY_S)

    def _look_at_backlog(self) -> None:
        waiting = self.backlog().events
        if waiting > self.behind_max:
            detail = f"{waiting:,} events wait; beyond {self.behind_max:,} no more are taken."
            self.health.wrong("behind", detail)
        else:
            self.health.right("behind")

    def _look_at_clock(self) -> None:
        now_ms = self.clock_ms()
        if self._latest_ms - now_ms > BACK_MS:
            self.health.wrong("clock_went_back", f"By {(self._latest_ms - now_ms) // 1000:,} s.")
        else:
            self._latest_ms = max(now_ms, self._latest_ms)
            self.health.right("clock_went_back")

    def _look_at_lock(self) -> None:
        if not self.is_locked():
            self.health.wrong("lock_lost", str(self.data / "lock"))
