"""The diary: everything that happened, written down in any order and read in the order of time.

Lives are told one after another, from a first visit to the end, so the diary is filled out of
order and sorted once. What falls outside the window is not written: that is how a life that began
before it, or goes on after it, is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from sojourn.demo.clock import Window
from sojourn.event import Event, Identifier, Kind, PropertyValue


class Diary:
    """All messages of one simulation; `prefix` sets its message ids apart from another's."""

    def __init__(self, window: Window, prefix: str) -> None:
        self._start_ms = window.start_ms
        self._end_ms = window.end_ms
        self._prefix = prefix
        self._events: list[Event] = []

    def write(
        self,
        ts: int,
        name: str,
        source: str,
        identifiers: tuple[Identifier, ...],
        properties: dict[str, PropertyValue],
    ) -> None:
        """Something happened."""
        if self._start_ms <= ts < self._end_ms:
            self._events.append(
                Event(
                    name=name,
                    ts=ts,
                    identifiers=identifiers,
                    properties=properties,
                    message_id=self._next_id(),
                    source=source,
                )
            )

    def profile(
        self,
        ts: int,
        source: str,
        identifiers: tuple[Identifier, ...],
        traits: dict[str, PropertyValue],
    ) -> None:
        """A client said who someone is."""
        if self._start_ms <= ts < self._end_ms:
            self._events.append(
                Event(
                    kind=Kind.PROFILE,
                    ts=ts,
                    identifiers=identifiers,
                    traits=traits,
                    message_id=self._next_id(),
                    source=source,
                )
            )

    def alias(self, ts: int, source: str, known: Identifier, previous: Identifier) -> None:
        """A client said that two identifiers name one person."""
        if self._start_ms <= ts < self._end_ms:
            self._events.append(
                Event(
                    kind=Kind.ALIAS,
                    ts=ts,
                    identifiers=(known,),
                    previous=previous,
                    message_id=self._next_id(),
                    source=source,
                )
            )

    def in_order(self) -> Iterator[Event]:
        """All messages in the order of time; at equal instants as they were written."""
        self._events.sort(key=attrgetter("ts"))
        yield from self._events

    def _next_id(self) -> str:
        return f"{self._prefix}-{len(self._events):06x}"
