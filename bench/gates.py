"""`python -m bench.gates`: what the policy's gates cost, against gates that always say yes.

Collecting is what a server takes in over HTTP, batches of 500 messages, with the client on the same
cores: until all are accepted, and until all count in reports. Asking is a funnel. Both take turns
with a twin in which only the gates are different (`lenient.py`); ratios are of the medians.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from cyclopts import App
from rich.console import Console

from bench import report
from bench.results import Rows, Sheet
from bench.server import COMMAND, PRESET, PROJECT, sojourn_server
from sojourn.application import Sojourn
from sojourn.ingest.project import Project
from sojourn.reports.funnel import FunnelDefinition, FunnelStep
from sojourn.settings import Settings
from sojourn.wire import Request
from sojourn.wires.segment import WIRE

app = App(name="python -m bench.gates", help="What the policy's gates cost.")

BATCH = 500
CONNECTIONS = 8
COMMANDS = {
    "gates": (str(COMMAND),),
    "yes": (sys.executable, "-m", "bench.lenient"),
}
NAMES = ("Page Viewed", "Signed Up", "Invited", "Order Completed", "Left")
CONSENT = PRESET.replace(
    "basis: legitimate_interests\n    assessment: docs/how-to/assessment.md", "basis: consent"
).replace(
    "properties:\n",
    """properties:
  url: {category: activity, purposes: [analytics], reduce: {strip_query: true}}
""",
    1,
)
"""Beside the preset: a policy in which consent decides, and addresses are reduced."""


@app.default
def gates(
    *,
    batches: int = 200,
    rounds: int = 5,
    questions: int = 40,
    seed: int = 1,
    write: bool = False,
) -> None:
    """Collect and ask with the gates and without, in turns.

    Parameters
    ----------
    batches
        How many batches of 500 messages are collected in a round.
    rounds
        How many rounds there are of each policy.
    questions
        How often the funnel is asked each way.
    seed
        Where chance begins.
    write
        Write bench/gates.md.
    """

    def bodies(number: int, *, telling: bool) -> list[bytes]:
        rng = random.Random(seed * 1_000_000 + number)
        return [body_of(rng, telling=telling) for _ in range(batches)]

    collected = [
        row
        for name, policy, telling in (("the preset", PRESET, False), ("consent", CONSENT, True))
        for row in _collecting(name, policy, partial(bodies, telling=telling), rounds)
    ]
    with tempfile.TemporaryDirectory() as data, Sojourn(Settings(data=Path(data))) as sojourn:
        project = sojourn.create_project(PROJECT)
        now = sojourn.clock_ms()
        for body in bodies(0, telling=False):
            request = Request("POST", "/v1/batch", {}, {}, body, now)
            sojourn.accept(project, WIRE.events(request, WIRE.content(request)))
        sojourn.apply_all()
        asked = _asking(sojourn, project, questions)
    sheets = [
        Sheet("Collecting, batches of 500", ("gates", "events/s", "yes", "cost"), collected),
        Sheet("Asking a funnel", ("gates", "ms", "yes", "cost"), [asked]),
    ]
    for sheet in sheets:
        Console().print(sheet.rich())
    if write:
        texts = [sheet.markdown() for sheet in sheets]
        report.write(report.HERE / "gates.md", "python -m bench.gates", texts, rounds)


def body_of(rng: random.Random, messages: int = BATCH, *, telling: bool = False) -> bytes:
    """A batch as Segment's libraries send it; with `telling`, each message says to what its person
    consents, most to all."""
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
            "context": {"page": {"path": "/products"}, "library": {"name": "bench"}}
            | (_choices(rng) if telling else {}),
        }
        for _ in range(messages)
    ]
    return msgspec.json.encode({"batch": batch})


def _choices(rng: random.Random) -> dict[str, Any]:
    choices = {"analytics": rng.random() < 0.8, "marketing": rng.random() < 0.3}
    return {"consent": {"categoryPreferences": choices}}


def _collecting(name: str, policy: str, bodies: Callable[[int], list[bytes]], rounds: int) -> Rows:
    """Events a second of a server with gates and of one without, which take turns in who is first:
    until all are accepted, and until all count. The first round does not count."""
    took: dict[str, dict[str, list[float]]] = {until: {} for until in ("accepted", "counted")}
    for number in range(rounds + 1):
        sent = bodies(number)
        for way, command in list(COMMANDS.items())[:: 1 if number % 2 else -1]:
            with sojourn_server(policy, command) as served, served.counting() as counting:
                begun = time.perf_counter()
                accepted = served.send(sent, CONNECTIONS).seconds
                counting.wait_for(BATCH * len(sent))
                if number:
                    took["accepted"].setdefault(way, []).append(accepted)
                    took["counted"].setdefault(way, []).append(time.perf_counter() - begun)
    return [
        (
            f"{name}, until {until}",
            *(f"{BATCH * len(sent) / median(took[until][way]):,.0f}" for way in COMMANDS),
            f"{median(took[until]['gates']) / median(took[until]['yes']) - 1:+.1%}",
        )
        for until in took
    ]


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
