"""`python -m bench.gates`: what the policy's gates cost, against gates that always say yes.

Collecting is the way of a batch of 500 messages: its JSON, the wire, the pipeline, the disk, until
the client has its answer; and from there through the applier until questions see it. Asking is a
funnel. All take turns with a twin in which only the gates are different, in one process; ratios are
of the medians.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from cyclopts import App
from rich.console import Console

from bench import report
from bench.results import Sheet
from sojourn.application import Sojourn
from sojourn.drop_reason import Dropped
from sojourn.event import NO_SIGNALS, Event, PropertyValue
from sojourn.geography import country_of
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival, Step
from sojourn.ingest.pipeline import STEPS
from sojourn.ingest.project import Project
from sojourn.policy import taxonomy
from sojourn.policy.compile import compiled_to_run
from sojourn.policy.looks import Looks
from sojourn.policy.rules import Rules, rules_of
from sojourn.reports.funnel import FunnelDefinition, FunnelStep
from sojourn.settings import Settings
from sojourn.timeline import EVERY_PURPOSE
from sojourn.wire import Request
from sojourn.wires.segment import WIRE

app = App(name="python -m bench.gates", help="What the policy's gates cost.")

BATCH = 500
NAMES = ("Page Viewed", "Signed Up", "Invited", "Order Completed", "Left")
POLICY = Path(__file__).parent.parent / "examples" / "popwork" / "as-corrected.yaml"
"""Beside the preset: a policy of some length, in which consent decides."""


@app.default
def gates(*, batches: int = 400, rounds: int = 40, seed: int = 1, write: bool = False) -> None:
    """Collect and ask with the gates and without, in turns.

    Parameters
    ----------
    batches
        How many batches of 500 messages are collected.
    rounds
        How often the funnel is asked each way.
    seed
        Where chance begins.
    write
        Write bench/gates.md.
    """
    bodies = [body_of(random.Random(seed * 1_000_000 + number)) for number in range(batches)]
    with tempfile.TemporaryDirectory() as data, Sojourn(Settings(data=Path(data))) as sojourn:
        project = sojourn.create_project("bench")
        rules = {
            "the preset": project.rules,
            "no consent": _rules(POLICY.read_text()),
        }
        half = len(bodies) // len(rules)
        collected = [
            row
            for place, name in enumerate(rules)
            for row in _collecting(
                sojourn, project, rules[name], name, bodies[place * half : (place + 1) * half]
            )
        ]
        asked = _asking(sojourn, project, rounds)
    sheets = [
        Sheet("Collecting, batches of 500", ("gates", "events/s", "yes", "cost"), collected),
        Sheet("Asking a funnel", ("gates", "ms", "yes", "cost"), [asked]),
    ]
    for sheet in sheets:
        Console().print(sheet.rich())
    if write:
        texts = [sheet.markdown() for sheet in sheets]
        report.write(report.HERE / "gates.md", "python -m bench.gates", texts, rounds)


def _rules(text: str) -> Rules:
    policy = compiled_to_run(text, date(2026, 11, 22)).policy
    bits = {name: 1 << bit for bit, name in enumerate(policy.purposes)}
    return rules_of(policy, bits, number=0, digest=str, country_of=country_of)


def body_of(rng: random.Random, messages: int = BATCH) -> bytes:
    """A batch as Segment's libraries send it."""
    batch = [
        {
            "type": "track",
            "event": rng.choice(NAMES),
            "userId": f"person-{rng.randrange(20_000)}",
            "messageId": f"{rng.getrandbits(64):x}",
            "timestamp": "2026-11-22T10:00:00.000Z",
            "properties": {
                "plan": rng.choice(("free", "team", "company")),
                "url": f"https://shop.example/products/{rng.randrange(5_000)}?ref=mail",
                "total": rng.randrange(20_000) / 100,
                "query": f"how to sell {rng.randrange(100_000)} rituals",
                "items": rng.randrange(9),
                "email": f"person-{rng.randrange(20_000)}@mail.example",
            },
            "context": {"page": {"path": "/products"}, "library": {"name": "bench"}},
        }
        for _ in range(messages)
    ]
    return msgspec.json.encode({"batch": batch})


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


class Unseeing(Looks):
    """Looks that find nothing: to look at values is the gate's work, too."""

    def of(self, columns: Sequence[Sequence[Any]]) -> Iterator[tuple[int, list[int]]]:
        return iter(())

    def at(self, given: dict[str, Any]) -> dict[str, int]:
        return {}


YES: tuple[Step, ...] = tuple(
    always_yes if step is pipeline.lawful_purposes else step
    for step in STEPS
    if step is not pipeline.refuse_secrets
)


def _collecting(
    sojourn: Sojourn, project: Project, rules: Rules, name: str, bodies: list[bytes]
) -> list[tuple[str, ...]]:
    """Events a second by the gates and by the twin, until accepted and until applied. They get
    batches of their own, for what is sent again is not applied again."""
    accepted: dict[tuple[Step, ...], list[float]] = {STEPS: [], YES: []}
    applied: dict[tuple[Step, ...], list[float]] = {STEPS: [], YES: []}
    unseeing = replace(project.names, looks=Unseeing())
    for number, body in enumerate(bodies):
        steps = STEPS if number % 2 else YES
        begun = time.perf_counter()
        now = sojourn.clock_ms()
        request = Request("POST", "/v1/batch", {}, {}, body, now)
        events = WIRE.events(request, WIRE.content(request))
        names = project.names if steps is STEPS else unseeing
        outcome = pipeline.run(events, Arrival(now, rules, names), steps)
        sojourn.inbox.submit(project.id, now, outcome.kept).result()
        accepted[steps].append(time.perf_counter() - begun)
        sojourn.apply_all()
        applied[steps].append(time.perf_counter() - begun)
    return [
        _compared(f"{name}, until {until}", took)
        for until, took in (("accepted", accepted), ("applied", applied))
    ]


def _compared(name: str, took: dict[tuple[Step, ...], list[float]]) -> tuple[str, ...]:
    gated, free = (BATCH / median(own) for own in took.values())
    return name, f"{gated:,.0f}", f"{free:,.0f}", f"{free / gated - 1:+.1%}"


def _asking(sojourn: Sojourn, project: Project, rounds: int) -> tuple[str, ...]:
    """Milliseconds of a funnel where a property is closed to the question, and where none is."""
    steps = tuple(FunnelStep(event=name) for name in NAMES[:3])
    definition = FunnelDefinition(steps=steps, within="14 days")
    own = project.rules
    closed = {"email": replace(own.properties["email"], purposes=own.bits["marketing"])}
    gated, free = replace(own, properties=own.properties | closed), replace(own, properties={})
    took: dict[str, list[float]] = {"gated": [], "free": []}
    for _ in range(rounds):
        for name, rules in (("gated", gated), ("free", free)):
            project.rules = rules
            took[name].append(_seconds(lambda: sojourn.ask(project, definition)))
    slow, fast = (median(own) * 1000 for own in took.values())
    return "a closed property", f"{slow:.2f}", f"{fast:.2f}", f"{slow / fast - 1:+.1%}"


def _seconds(function: Callable[[], object]) -> float:
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


if __name__ == "__main__":
    app()
