"""Replay: what waits in the quarantine goes through the pipeline again, under today's policy.

What is kept now goes to the inbox as any event does, under the message id it came with, so that it
is stored once however often it is replayed. What is refused again stays under its new reason, as
long as it may: nothing is counted as refused a second time, and nothing stays longer for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import msgspec

from sojourn.event import Event
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.entries import Held
from sojourn.ingest.project import Project
from sojourn.ingest.quarantine import Chosen, Quarantine
from sojourn.ingest.waiting import may_still_wait
from sojourn.kept import Kept

BATCH_EVENTS = 500
"""Events in one inbox row, which a person who waits for the answer does not notice."""


class Replayed(msgspec.Struct, frozen=True):
    """What a replay came to: how many events are `kept` now, and how many stay and how many may not
    wait any longer, by reason."""

    kept: int
    stay: dict[str, int]
    gone: dict[str, int]


Arrive = Callable[[Sequence[Event]], Arrival]
Submit = Callable[[Kept], "Future[int]"]


def replay(
    project: Project, quarantine: Quarantine, chosen: Chosen, arrive: Arrive, submit: Submit
) -> Replayed:
    """Send the entries chosen through the pipeline again. When it returns, what was kept is on
    disk; the applier decides what of it is new."""
    quarantine.flush()
    kept, stay, gone = 0, Counter[str](), Counter[str]()
    after = ""
    while batch := quarantine.held(project, chosen, limit=BATCH_EVENTS, after=after):
        after = batch[-1][0]
        events = [held.event for _, held in batch]
        arrival = arrive(events)
        outcome = pipeline.run(events, arrival)
        if outcome.kept:
            # Only what is safe elsewhere goes from here.
            submit(outcome.kept).result()
        kept += len(outcome.kept)
        again: list[tuple[str, str, Held]] = []
        for index, dropped in outcome.dropped.items():
            reason = dropped.reason.value
            event = may_still_wait(events[index], dropped.reason, arrival)
            (gone if event is None else stay)[reason] += 1
            if event is not None:
                again.append((batch[index][0], reason, Held(event, dropped.detail)))
        quarantine.again(project, again)
        staying = {id for id, _, _ in again}
        quarantine.settle(project, [one for one in batch if one[0] not in staying])
    return Replayed(kept, dict(stay), dict(gone))
