"""`python -m bench.lenient`: the `sojourn` command with gates that always say yes.

It is there to measure against. What identifies a person is sealed all the same, so that as much is
written; but no value is looked at, no purpose is judged and nothing is reduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from sojourn.cli import main
from sojourn.drop_reason import Dropped
from sojourn.event import NO_SIGNALS, Event, PropertyValue
from sojourn.ingest import alike, pipeline
from sojourn.ingest.arrival import Arrival, Step
from sojourn.ingest.pipeline import STEPS
from sojourn.policy import taxonomy
from sojourn.policy.looks import Looks
from sojourn.timeline import EVERY_PURPOSE


def always_yes(event: Event, arrival: Arrival) -> Event | Dropped:
    """The step of a gate that lets everything in, for every purpose; what names a person is sealed
    all the same."""
    own = [identifier.value for identifier in event.identifiers]
    sealed: dict[str, PropertyValue] = {}
    clear: dict[str, PropertyValue] = {}
    for name, value in event.properties.items():
        names_person = taxonomy.identifies(name, value) or value in own
        (sealed if names_person else clear)[name] = value
    return msgspec.structs.replace(
        event,
        properties=clear,
        sealed=sealed,
        signals=NO_SIGNALS,
        looks=None,
        purposes=EVERY_PURPOSE,
    )


def finds_none(looks: Looks, columns: Sequence[Sequence[Any]]) -> Iterator[tuple[int, list[int]]]:
    """In place of `Looks.of`."""
    return iter(())


def finds_nothing(looks: Looks, given: dict[str, Any]) -> dict[str, int]:
    """In place of `Looks.at`."""
    return {}


def be_lenient() -> None:
    """Put this in place of the gates, for as long as the process lives."""
    steps: tuple[Step, ...] = tuple(
        always_yes if step is pipeline.lawful_purposes else step
        for step in STEPS
        if step is not pipeline.refuse_secrets
    )
    pipeline.run = partial(pipeline.run, steps=steps)
    alike.gate.reductions = lambda *_: []
    Looks.of = finds_none
    Looks.at = finds_nothing


if __name__ == "__main__":
    be_lenient()
    main()
