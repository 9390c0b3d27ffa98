"""The examples of docs/reference/semantics.md hold. The notation is described there."""

from __future__ import annotations

import importlib
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from sojourn.period import instants, to_ms
from sojourn.scope import FAR_MS, Scope
from tests.oracle.history import Row, ask, parts_of

PAGE = Path(__file__).parents[2] / "docs/reference/semantics.md"
EXAMPLES = re.findall(r"```example\n(.*?)```", PAGE.read_text(), re.DOTALL)
EVENT = re.compile(r"(\S+) (.+?)(?: (\{.*\}))?( \(not analytics\))?")

ANALYTICS = 1
ANOTHER = 2


def read_history(text: str) -> tuple[list[Row], ZoneInfo]:
    """The rows of an example, and its time zone."""
    rows = []
    zone = ZoneInfo("UTC")
    for person, line in enumerate(text.splitlines()):
        if line.startswith("zone "):
            zone = ZoneInfo(line.removeprefix("zone "))
            continue
        for event in line.split(": ", 1)[1].split(" · "):
            match = EVENT.fullmatch(event)
            assert match, event
            time, name, properties, unlawful = match.groups()
            local = datetime.fromisoformat(time if "T" in time else f"2026-01-01T{time}")
            purposes = ANOTHER if unlawful else ANALYTICS | ANOTHER
            ts = to_ms(local.replace(tzinfo=zone))
            told = "" if name == "told" else name
            rows.append(Row(person, ts, told, purposes, json.loads(properties or "{}")))
    return rows, zone


def assert_contains(answer: Any, expected: Any) -> None:
    """Everything expected is there; keys the example leaves out may hold anything."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_contains(answer[key], value)
    elif isinstance(expected, list):
        assert len(answer) == len(expected), answer
        for one, other in zip(answer, expected, strict=True):
            assert_contains(one, other)
    else:
        assert answer == expected


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_page_holds(example: str) -> None:
    history, question = example.split("\n\n")
    asked, _, expected = question.partition("\n")
    rows, zone = read_history(history)
    report = importlib.import_module(f"sojourn.reports.{json.loads(asked)['kind']}").REPORT
    definition = msgspec.json.decode(asked, type=report.definition)
    start_ms, end_ms = instants(definition.period, zone, FAR_MS)
    scope = Scope(
        start_ms=min(row.ts for row in rows if row.name) if start_ms is None else start_ms,
        end_ms=max(row.ts for row in rows if row.name) if end_ms is None else end_ms,
        purpose=ANALYTICS,
        zone=zone,
    )
    answer = ask(report, definition, parts_of(rows, 2), scope)
    assert_contains(msgspec.to_builtins(answer), json.loads(expected))


def test_every_rule_of_the_page_is_read() -> None:
    assert len(EXAMPLES) == PAGE.read_text().count("```example") >= 15
