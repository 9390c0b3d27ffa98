"""Questions that cannot be answered are refused with place and mend; empty logs are answered."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from sojourn.errors import BadQuestion
from sojourn.report import Scope
from sojourn.reports import funnel, paths, retention, trend
from tests.oracle.history import Row, ask, parts_of, timeline_of

REPORTS: dict[str, Any] = {
    "funnel": funnel.REPORT,
    "trend": trend.REPORT,
    "retention": retention.REPORT,
    "paths": paths.REPORT,
}

STEP = '{"event": "cart"}'

REFUSED = [
    ('{"kind": "funnel", "steps": []}', "steps"),
    ('{"kind": "funnel", "steps": [' + ",".join([STEP] * 61) + "]}", "steps"),
    ('{"kind": "funnel", "steps": [{"event": ""}]}', "steps[0].event"),
    ('{"kind": "funnel", "steps": [' + STEP + '], "within": "0 days"}', "within"),
    ('{"kind": "funnel", "steps": [' + STEP + '], "within": "100 years"}', "within"),
    ('{"kind": "funnel", "steps": [' + STEP + '], "within": "99999 weeks"}', "within"),
    (
        '{"kind": "funnel", "steps": [{"event": "a", "where": [{"property": "p"}]}]}',
        "steps[0].where[0]",
    ),
    ('{"kind": "trend", "series": []}', "series"),
    ('{"kind": "trend", "series": [' + ",".join([STEP] * 61) + "]}", "series"),
    (
        '{"kind": "trend", "series": [{"where": [{"property": "p", "is": 1, "is_set": true}]}]}',
        "series[0].where[0]",
    ),
    ('{"kind": "retention", "start": {}, "periods": 0}', "periods"),
    ('{"kind": "retention", "start": {}, "periods": 401}', "periods"),
    (
        '{"kind": "retention", "start": {}, "return": {"where": [{"property": "p"}]}}',
        "return.where[0]",
    ),
]

ANSWERED = [
    (
        '{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]}',
        '{"kind":"funnel","steps":[{"event":"a","people":0,"conversion":0.0},'
        '{"event":"b","people":0,"conversion":0.0}]}',
    ),
    (
        '{"kind": "trend", "series": [{"event": "a"}]}',
        '{"kind":"trend","series":[{"event":"a","measure":"people","points":[]}]}',
    ),
    ('{"kind": "retention", "start": {"event": "a"}}', '{"kind":"retention","cohorts":[]}'),
    ('{"kind": "paths"}', '{"kind":"paths","people":0,"transitions":[],"starts":[],"ends":[]}'),
]


def read(text: str) -> tuple[Any, Any]:
    """A report and a definition of it."""
    report = REPORTS[msgspec.json.decode(text)["kind"]]
    return report, msgspec.json.decode(text, type=report.definition)


@pytest.mark.parametrize(("text", "where"), REFUSED)
def test_question_that_cannot_be_answered_is_refused(text: str, where: str) -> None:
    report, definition = read(text)
    with pytest.raises(BadQuestion) as refusal:
        report.check(definition)
    assert refusal.value.where == where
    assert refusal.value.mend


@pytest.mark.parametrize(("text", "expected"), ANSWERED)
def test_empty_log_has_an_empty_answer(text: str, expected: str) -> None:
    report, definition = read(text)
    nothing = Scope(start_ms=0, end_ms=-1, purpose=1, zone=ZoneInfo("UTC"))
    answer = ask(report, definition, [timeline_of([]), timeline_of([])], nothing)
    assert msgspec.json.encode(answer).decode() == expected


@pytest.mark.parametrize(("text", "expected"), ANSWERED)
def test_scope_without_an_instant_has_an_empty_answer(text: str, expected: str) -> None:
    report, definition = read(text)
    nothing = Scope(start_ms=10, end_ms=9, purpose=1, zone=ZoneInfo("UTC"))
    parts = parts_of([Row(1, 9, "a"), Row(1, 10, "b")], 2)
    assert msgspec.json.encode(ask(report, definition, parts, nothing)).decode() == expected


def test_definition_with_an_unknown_key_is_refused() -> None:
    for report in REPORTS.values():
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(f'{{"kind": "{report.kind}", "colour": 1}}', type=report.definition)


def test_every_report_names_the_events_it_asks_for() -> None:
    asked = {
        '{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]}': [
            ("steps[0].event", "a"),
            ("steps[1].event", "b"),
        ],
        '{"kind": "trend", "series": [{}, {"event": "b"}]}': [("series[1].event", "b")],
        '{"kind": "retention", "start": {"event": "a"}}': [("start.event", "a")],
        '{"kind": "retention", "start": {}, "return": {"event": "b"}}': [("return.event", "b")],
        '{"kind": "paths"}': [],
    }
    for text, expected in asked.items():
        report, definition = read(text)
        assert list(report.events(definition)) == expected


def test_cell_of_a_funnel_opens_to_its_people() -> None:
    rows = [Row(7, 0, "a"), Row(7, 1, "b"), Row(8, 0, "a"), Row(9, 0, "b")]
    scope = Scope(start_ms=0, end_ms=1, purpose=1, zone=ZoneInfo("UTC"))
    _, definition = read('{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]}')

    def people(step: int, reached: bool = True) -> list[int]:
        cell = funnel.FunnelCell(step=step, reached=reached)
        found = funnel.people(definition, cell, timeline_of(rows), scope)
        assert found.dtype == np.int64
        return [int(person) for person in found]

    assert people(1) == [7, 8]
    assert people(2) == [7]
    assert people(2, reached=False) == [8]
    for step, reached in ((0, True), (3, True), (1, False), (3, False)):
        with pytest.raises(BadQuestion):
            people(step, reached)


def test_past_a_thousand_names_the_rarest_are_pooled() -> None:
    common = [Row(1, ts, f"common {ts % 1000}") for ts in range(2000)]
    rare = [Row(2, ts, f"rare {ts}") for ts in range(500)]
    scope = Scope(start_ms=0, end_ms=2000, purpose=1, zone=ZoneInfo("UTC"))
    answer = ask(paths.REPORT, paths.PathsDefinition(), parts_of(common + rare, 2), scope)
    assert answer.transitions[0] == paths.Transition("(other)", "(other)", 499)
    assert len(answer.transitions) == 1001
    assert sum(move.count for move in answer.transitions) == 1999 + 499
    assert answer.starts == (
        paths.PathsEnd("(other)", 1),
        paths.PathsEnd("common 0", 1),
    )
