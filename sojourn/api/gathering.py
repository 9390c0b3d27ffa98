"""Gathering: what arrives by ones and twos goes in together.

Senders of single events are many at a time, and each event by itself takes the steps and a row of
the inbox. What was read of one project within one turn of the loop shares them; and while a group
is on its way to the disk, all that comes waits for it and goes in together after it: none of it
could be answered much sooner, for a commit is for all. Every request has an answer of its own, and
its events get their message ids as if it had come alone. A larger request goes by itself, after
those that came before it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

from sojourn.drop_reason import Dropped
from sojourn.event import Event
from sojourn.ingest.pipeline import Outcome, with_message_ids
from sojourn.ingest.project import Project
from sojourn.wire import Receipt

FEW = 20
"""Events of a request that waits for others."""
GROUP_MAX = 500
"""Events after which a group goes at once: the loop answers nobody meanwhile."""

Came = Event | Dropped
Accept = Callable[[Project, Sequence[Came], str], tuple[Outcome, "Future[int] | None"]]
"""Takes the events of a project that came by a wire, see `Sojourn.accept`."""
Key = tuple[asyncio.AbstractEventLoop, int, str]


@dataclass(slots=True)
class _Group:
    """The events of some requests, and of each request where its events begin and end."""

    project: Project
    wire: str
    events: list[Came] = field(default_factory=list)
    waiting: list[tuple[int, int, asyncio.Future[Receipt]]] = field(default_factory=list)

    def add(self, events: Sequence[Came], waiting: asyncio.Future[Receipt]) -> None:
        first = len(self.events)
        self.events += events
        self.waiting.append((first, len(self.events), waiting))

    def answer(self, outcome: Outcome, done: Future[int] | None) -> None:
        failure = done.exception() if done is not None else None
        if failure is not None:
            self.fail(failure)
            return
        dropped = outcome.dropped
        for first, end, waiting in self.waiting:
            places = range(first, end)
            refused = {place - first: dropped[place] for place in places if place in dropped}
            if not waiting.done():
                waiting.set_result(Receipt(end - first - len(refused), refused))

    def fail(self, failure: BaseException) -> None:
        for _, _, waiting in self.waiting:
            if not waiting.done():
                waiting.set_exception(failure)


class Gathering:
    """The way of requests' events to `accept`; one for the whole process."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self._groups: dict[Key, _Group] = {}
        self._writing: Counter[Key] = Counter()

    async def take(self, project: Project, events: Sequence[Came], wire: str) -> Receipt:
        """What became of the events of a request: those accepted are on disk."""
        loop = asyncio.get_running_loop()
        key = loop, project.id, wire
        if len(events) > FEW:
            # It may change what one of those opened, so they go before it.
            self._go(key)
            outcome, done = self._accept(project, events, wire)
            if done is not None:
                await asyncio.wrap_future(done)
            return Receipt(len(outcome.kept), outcome.dropped)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(project, wire)
            if not self._writing[key]:
                loop.call_soon(self._go, key)
        answer: asyncio.Future[Receipt] = loop.create_future()
        group.add(with_message_ids(events, Counter()), answer)
        if len(group.events) >= GROUP_MAX:
            self._go(key)
        return await answer

    def _go(self, key: Key) -> None:
        group = self._groups.pop(key, None)
        if group is None:
            return  # It was full, and has gone.
        try:
            outcome, done = self._accept(group.project, group.events, group.wire)
        except Exception as failure:
            group.fail(failure)
            return
        if done is None:
            group.answer(outcome, None)
            return
        loop, *_ = key
        self._writing[key] += 1
        written = partial(self._written, key, group, outcome)
        done.add_done_callback(lambda done: loop.call_soon_threadsafe(written, done))

    def _written(self, key: Key, group: _Group, outcome: Outcome, done: Future[int]) -> None:
        self._writing[key] -= 1
        try:
            group.answer(outcome, done)
        finally:
            # Whatever became of this one, the next waits for nothing any more.
            if not self._writing[key]:
                self._go(key)
