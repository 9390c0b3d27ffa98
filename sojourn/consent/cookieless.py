"""Cookieless: counting visits without anything in the browser (clause S1-21).

A visit is known by a number made from the address and the agent of the connection:

    daily id = keyed hash (salt of the project's day; address, agent)

The salt is random, stands in memory alone and is overwritten when its day is over, so from then on
nobody can say who had which number, or that two days had the same person. A visit that goes on over
midnight keeps its number for a while. A process that ends takes its salts with it.

A device that is joined to somebody, because they consented to that, is given another number for the
rest of the day: who else has its address and agent would otherwise be taken for them.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import Lock
from zoneinfo import ZoneInfo

from sojourn.event import DAILY_ID, Identifier

SALT_BYTES = 32
DEVICE_BYTES = 16
VISIT_GAP_MS = 30 * 60_000
"""A visit without an event for longer has ended."""
OVERLAP_MS = 60 * 60_000
"""How long after midnight yesterday's salt may still serve visits that were under way."""
VISITS_MAX = 200_000
"""Visits under way that are remembered, about 40 MB; beyond it the one idle for longest is not
taken over midnight."""
JOINED_MAX = 200_000
"""Devices that can be joined to somebody in a day; none is beyond it."""
LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")
"""Digits become letters: among them some would pass for a card number."""


@dataclass(slots=True)
class Day:
    """One day: its end, its salt, the instants of each device's last event (the latest at the end),
    and the devices that were joined to somebody."""

    end_ms: int
    salt: bytearray
    last_ms: OrderedDict[bytes, int] = field(default_factory=OrderedDict)
    joined: set[bytes] = field(default_factory=set)

    def device(self, address: str, agent: str) -> bytes:
        """The keyed hash of a device."""
        told = f"{address}\0{agent}".encode(errors="replace")
        return blake2b(told, key=self.salt, digest_size=DEVICE_BYTES).digest()

    def identifier(self, device: bytes) -> Identifier:
        """The daily id of a device, before it is joined to somebody or since."""
        if device in self.joined:
            device = blake2b(device, key=self.salt, digest_size=DEVICE_BYTES).digest()
        return Identifier(DAILY_ID, device.hex().translate(LETTERS))

    def is_under_way(self, device: bytes, now_ms: int) -> bool:
        """Whether a device's visit goes on."""
        last_ms = self.last_ms.get(device)
        return last_ms is not None and now_ms - last_ms <= VISIT_GAP_MS

    def note(self, device: bytes, now_ms: int) -> None:
        """Remember that a device's visit goes on, and forget those that have ended."""
        self.last_ms[device] = now_ms
        self.last_ms.move_to_end(device)
        self.forget_ended(now_ms)
        if len(self.last_ms) > VISITS_MAX:
            self.last_ms.popitem(last=False)

    def forget_ended(self, now_ms: int) -> None:
        """Forget the visits that have ended."""
        while self.last_ms:
            device, last_ms = next(iter(self.last_ms.items()))
            if now_ms - last_ms <= VISIT_GAP_MS:
                return
            del self.last_ms[device]

    def destroy(self) -> None:
        """Overwrite the salt, and forget everything that was known by it."""
        self.salt[:] = bytes(len(self.salt))
        self.last_ms.clear()
        self.joined.clear()


class DailyIds:
    """The daily ids of one project, whose days are those of its time zone."""

    def __init__(self, zone: ZoneInfo, random: Callable[[int], bytes] = os.urandom) -> None:
        self._zone = zone
        self._random = random
        self._today: Day | None = None
        self._yesterday: Day | None = None
        # The background work destroys salts while events arrive.
        self._lock = Lock()

    def id_of(self, address: str, agent: str, now_ms: int) -> Identifier:
        """The daily id of whoever comes from an address with an agent now."""
        with self._lock:
            day, device = self._place(address, agent, now_ms)
            day.note(device, now_ms)
            return day.identifier(device)

    def join(self, address: str, agent: str, now_ms: int) -> Identifier | None:
        """The daily id of a visit that goes on, to be joined to the person whom it turned out to
        be; None where there is none, or it was joined before. It is given to nobody again."""
        with self._lock:
            day, device = self._place(address, agent, now_ms)
            known = day.is_under_way(device, now_ms) and device not in day.joined
            if not known or len(day.joined) >= JOINED_MAX:
                return None
            identifier = day.identifier(device)
            day.joined.add(device)
            return identifier

    def forget(self, now_ms: int) -> None:
        """Destroy the salts whose time is over."""
        with self._lock:
            self._turn(now_ms)

    def _place(self, address: str, agent: str, now_ms: int) -> tuple[Day, bytes]:
        """The day under whose salt a device is known now, and its hash."""
        today = self._turn(now_ms) or self._begin(now_ms)
        if self._yesterday is not None:
            device = self._yesterday.device(address, agent)
            if self._yesterday.is_under_way(device, now_ms):
                return self._yesterday, device
        return today, today.device(address, agent)

    def _turn(self, now_ms: int) -> Day | None:
        """Today, if it has begun here. A clock that goes back stays in the day it had reached."""
        if self._today is not None and now_ms >= self._today.end_ms:
            self._end_yesterday()
            self._yesterday, self._today = self._today, None
        if self._yesterday is not None:
            self._yesterday.forget_ended(now_ms)
            if not self._yesterday.last_ms or now_ms >= self._yesterday.end_ms + OVERLAP_MS:
                self._end_yesterday()
        return self._today

    def _begin(self, now_ms: int) -> Day:
        today = datetime.fromtimestamp(now_ms / 1000, self._zone).date()
        next_day = datetime.combine(today + timedelta(days=1), datetime.min.time(), self._zone)
        end_ms = int(next_day.timestamp() * 1000)
        self._today = Day(end_ms, bytearray(self._random(SALT_BYTES)))
        return self._today

    def _end_yesterday(self) -> None:
        if self._yesterday is not None:
            self._yesterday.destroy()
            self._yesterday = None
