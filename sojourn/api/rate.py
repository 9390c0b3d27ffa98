"""How often somebody may do something: counted in memory, by a hash, and never written down."""

from __future__ import annotations

import hmac
import os
from collections import deque
from collections.abc import Callable
from threading import Lock

REMEMBERED_MAX = 20_000
"""Names counted at a time: some megabytes, and more than a machine takes mail for."""


class Rate:
    """At most `times` for each name within `period_ms`."""

    def __init__(self, times: int, period_ms: int, clock_ms: Callable[[], int]) -> None:
        self._times = times
        self._period_ms = period_ms
        self._clock_ms = clock_ms
        self._key = os.urandom(32)
        self._lock = Lock()
        self._seen: dict[bytes, deque[int]] = {}

    def allows(self, name: str) -> bool:
        """Whether it may be done once more under this name; if so, it is counted."""
        now_ms, digest = self._clock_ms(), hmac.digest(self._key, name.encode(), "sha256")
        with self._lock:
            seen = self._seen.setdefault(digest, deque(maxlen=self._times))
            if len(seen) == self._times and seen[0] > now_ms - self._period_ms:
                return False
            seen.append(now_ms)
            if len(self._seen) > REMEMBERED_MAX:
                self._forget(now_ms)
        return True

    def _forget(self, now_ms: int) -> None:
        """Forget whose period is over; when that is nobody, those who came first."""
        over = [one for one, seen in self._seen.items() if seen[-1] <= now_ms - self._period_ms]
        for digest in over or list(self._seen)[: REMEMBERED_MAX // 2]:
            del self._seen[digest]
