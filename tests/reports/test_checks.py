"""Questions that cannot be answered are refused with place and mend; empty logs are answered."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from sojourn.errors import BadQuestion
from sojourn.reports import (
    activity,
    attribution,
    cohort,
    funnel,
    journey,
    lifecycle,
    paths,
    people,
    retention,
    stickiness,
    trend,
    visits,
)
from sojourn.scope import Scope
from tests.oracle.history import Row, ask, parts_of, timeline_of

REPORTS: dict[str, Any] = {
    "funnel": funnel.REPORT,
    "trend": trend.REPORT,
    "lifecycle": lifecycle.REPORT,
    "stickiness": stickiness.REPORT,
    "retention": retention.REPORT,
    "cohort": cohort.REPORT,
    "paths": paths.REPORT,
    "journey": journey.REPORT,
    "visits": visits.REPORT,
    "attribution": attribution.REPORT,
    "people": people.REPORT,
    "activity": activity.REPORT,
}

STEP = '{"event": "cart"}'

REFUSED = [
    ('{"kind": "funnel", "steps": []}', "steps"),
    ('{"kind": "funnel", "steps": [' + ",".join([STEP] * 61) + "]}", "steps"),
    ('{"kind": "funnel", "steps": [{"event": ""}]}', "steps[0].event"),
    ('{"kind": "funnel", "steps": [' + STEP + '], "within": "0 days"}', "within"),
    ('{"kind": "funnel", "steps": [' + STEP + '], "within": "100 years"}', "within"),
    ('{"kind": "funnel", "steps": [' + STEP + '], "within": "99999 weeks"}', "within"),
    *(
        ('{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"' + extra, where)
        for extra, where in (
            (', "or": [{"event": ""}]}]}', "steps[1].or[0].event"),
            (', "or": [{}]}]}', "steps[1].or[0].event"),
            (', "or": [' + ",".join([STEP] * 59) + "]}]}", "steps"),
            (', "within": "soon"}]}', "steps[1].within"),
            (', "within": "1 day"}], "order": "any"}', "steps[1].within"),
            (', "optional": true}], "order": "strict"}', "steps[1].optional"),
            (', "optional": true}], "order": "any"}', "steps[1].optional"),
            ('}], "exclude": [{"event": ""}]}', "exclude[0].event"),
            ('}], "exclude": [{"event": "c", "from": 2, "to": 1}]}', "exclude[0]"),
            ('}], "exclude": [{"event": "c", "from": 0}]}', "exclude[0]"),
            ('}], "exclude": [{"event": "c", "to": 3}]}', "exclude[0]"),
            (', "optional": true}], "exclude": [{"event": "c"}]}', "exclude[0]"),
            ('}], "exclude": [{"event": "c"}], "order": "strict"}', "exclude[0]"),
            ('}], "exclude": [{"event": "c"}], "order": "any"}', "exclude[0]"),
            ('}], "count": "attempts", "order": "any"}', "count"),
            ('}, {"event": "a"}], "times": true, "order": "any"}', "steps"),
            ('}, {"event": "a", "anchored": true}], "order": "any"}', "steps"),
            ('}], "value_of": 0}', "value_of"),
            ('}], "value_of": 3}', "value_of"),
            ('}], "hold": ""}', "hold"),
            ('}], "correlate": {"watch": "soon"}}', "correlate.watch"),
            ('}], "correlate": {"watch": "30 days"}}', "correlate.watch"),
            ('}], "correlate": {"limit": 0}}', "correlate.limit"),
            ('}], "correlate": {"limit": 201}}', "correlate.limit"),
            ('}], "correlate": {"properties": [""]}}', "correlate.properties"),
        )
    ),
    ('{"kind": "funnel", "steps": [{"event": "a", "within": "1 day"}]}', "steps[0].within"),
    ('{"kind": "funnel", "steps": [{"event": "a", "optional": true}]}', "steps[0].optional"),
    ('{"kind": "trend", "series": []}', "series"),
    ('{"kind": "trend", "series": [' + ",".join([STEP] * 61) + "]}", "series"),
    ('{"kind": "trend", "series": [{"measure": "sum"}]}', "series[0].property"),
    ('{"kind": "trend", "series": [{"property": "p"}]}', "series[0].property"),
    (
        '{"kind": "trend", "series": [{"measure": "percentile", "property": "p"}]}',
        "series[0].percentile",
    ),
    (
        '{"kind": "trend", "series": [{"measure": "mean", "property": "p", "percentile": 5}]}',
        "series[0].percentile",
    ),
    (
        '{"kind": "trend", "series": [{"measure": "percentile", "property": "p", '
        '"percentile": 101}]}',
        "series[0].percentile",
    ),
    ('{"kind": "trend", "series": [{"name": "a"}, {"name": "a"}]}', "series"),
    ('{"kind": "trend", "series": [{}], "rolling": 0}', "rolling"),
    ('{"kind": "trend", "series": [{}], "rolling": 1001}', "rolling"),
    *(
        (
            '{"kind": "trend", "series": [{}], "formulas": [{"formula": ' + formula + "}]}",
            "formulas[0].formula",
        )
        for formula in (
            '""',
            '"A +"',
            '"A ** 2"',
            '"B / A"',
            '"A.real"',
            '"A if A else 1"',
            '"min()"',
            '"sqrt(A, A)"',
            '"open(A)"',
            '"A = 1"',
            '"True"',
            '"[A]"',
            '"' + "(" * 200 + '"',
            '"' + "-" * 301 + '"',
        )
    ),
    (
        '{"kind": "trend", "series": [{}], "formulas": ['
        + ",".join(['{"formula": "A"}'] * 21)
        + "]}",
        "formulas",
    ),
    ('{"kind": "stickiness", "every": "week", "of": "week"}', "of"),
    ('{"kind": "stickiness", "every": "year", "of": "month"}', "of"),
    ('{"kind": "retention", "start": {}, "periods": 0}', "periods"),
    ('{"kind": "retention", "start": {}, "periods": 401}', "periods"),
    ('{"kind": "retention", "start": {}, "brackets": []}', "brackets"),
    ('{"kind": "retention", "start": {}, "brackets": [7]}', "brackets"),
    ('{"kind": "retention", "start": {}, "brackets": [0, 7]}', "brackets"),
    ('{"kind": "retention", "start": {}, "brackets": [7, 3]}', "brackets"),
    ('{"kind": "retention", "start": {}, "brackets": [1, 99999]}', "brackets"),
    ('{"kind": "retention", "start": {}, "clock": "rolling", "every": "year"}', "every"),
    ('{"kind": "retention", "start": {}, "minimum": 0}', "minimum"),
    ('{"kind": "retention", "start": {}, "minimum": 1001}', "minimum"),
    ('{"kind": "retention", "start": {}, "streak": true, "mode": "on_or_after"}', "streak"),
    ('{"kind": "retention", "start": {}, "measure": "sum"}', "property"),
    ('{"kind": "retention", "start": {}, "property": "p"}', "property"),
    ('{"kind": "cohort", "start": {}, "periods": 0}', "periods"),
    ('{"kind": "cohort", "start": {}, "clock": "rolling", "every": "quarter"}', "every"),
    ('{"kind": "cohort", "start": {}, "measure": "sum"}', "property"),
    ('{"kind": "cohort", "start": {}, "measure": "visits", "property": "p"}', "property"),
    ('{"kind": "visits", "limit": 0}', "limit"),
    ('{"kind": "visits", "limit": 1001}', "limit"),
    ('{"kind": "attribution", "conversion": {}, "touches": []}', "touches"),
    (
        '{"kind": "attribution", "conversion": {}, "touches": [' + ",".join(["{}"] * 60) + "]}",
        "touches",
    ),
    ('{"kind": "attribution", "conversion": {}, "touches": [{}], "models": []}', "models"),
    ('{"kind": "attribution", "conversion": {}, "touches": [{}], "within": "0 days"}', "within"),
    (
        '{"kind": "attribution", "conversion": {}, "touches": [{}],'
        ' "models": [{"model": "time_decay", "half_life": "soon"}]}',
        "models[0].half_life",
    ),
    (
        '{"kind": "attribution", "conversion": {}, "touches": [{}],'
        ' "models": [{"model": "position", "first": 0.7, "last": 0.4}]}',
        "models[0].first",
    ),
    (
        '{"kind": "attribution", "conversion": {}, "touches": [{}],'
        ' "models": [{"model": "position", "first": 0, "last": 0}]}',
        "models[0].first",
    ),
    ('{"kind": "people", "limit": 0}', "limit"),
    ('{"kind": "people", "limit": 10001}', "limit"),
    ('{"kind": "people", "fields": ["plan", "plan"]}', "metrics"),
    ('{"kind": "people", "metrics": [{"name": "events"}]}', "metrics"),
    ('{"kind": "people", "metrics": [{"name": ""}]}', "metrics"),
    ('{"kind": "people", "fields": ["person"]}', "metrics"),
    ('{"kind": "people", "metrics": [' + ",".join(['{"name": "a"}'] * 31) + "]}", "metrics"),
    ('{"kind": "people", "metrics": [{"name": "a", "measure": "sum"}]}', "metrics[0].property"),
    ('{"kind": "people", "metrics": [{"name": "a", "formula": "b + 1"}]}', "metrics[0].formula"),
    ('{"kind": "people", "order": {"by": "plan"}}', "order.by"),
    ('{"kind": "activity", "limit": 0}', "limit"),
    ('{"kind": "activity", "limit": 10001}', "limit"),
    ('{"kind": "activity", "columns": [{"property": "p"}, {"property": "p"}]}', "columns"),
]


def _paths(options: str) -> str:
    return '{"kind": "paths", ' + options + "}"


def _journey(steps: str, options: str = "") -> str:
    return '{"kind": "journey", "steps": [' + steps + "]" + options + "}"


REFUSED += [
    (_paths('"steps": 1'), "steps"),
    (_paths('"steps": 21'), "steps"),
    (_paths('"limit": 0'), "limit"),
    (_paths('"limit": 10001'), "limit"),
    (_paths('"steps": 5, "sequences": 1001'), "sequences"),
    (_paths('"sequences": 5'), "sequences"),
    (_paths('"occurrence": "every"'), "occurrence"),
    (_paths('"hide": [' + ",".join([STEP] * 61) + "]"), "hide"),
    (_paths('"groups": [{"name": "", "event": "a"}]'), "groups[0]"),
    (_paths('"groups": [{"name": "g"}]'), "groups[0]"),
    (_paths('"groups": [{"name": "g", "event": "a", "pattern": "a"}]'), "groups[0]"),
    (_paths('"groups": [{"name": "g", "pattern": "(?=a)"}]'), "groups[0].pattern[0].matches"),
    (_journey(""), "steps"),
    (_journey(",".join([STEP] * 21)), "steps"),
    (_journey('{"event": "a", "or": [' + ",".join([STEP] * 60) + "]}"), "steps"),
    (_journey("{}"), "steps[0].event"),
    (_journey('{"event": "a", "or": [{}]}'), "steps[0].or[0].event"),
    (_journey('{"event": "a", "or": [{"event": "a"}]}'), "steps[0].or[0].name"),
    (_journey('{"event": "a", "optional": true}'), "steps[0].optional"),
    (_journey('{"event": "a", "hidden": true}'), "steps[0].hidden"),
    (_journey('{"event": "a", "within": "1 day"}'), "steps[0].within"),
    (_journey(STEP + ', {"event": "a", "within": "soon"}'), "steps[1].within"),
    (_journey('{"by": "event", "top": 0}'), "steps[0].top"),
    (_journey('{"event": "a", "at_least": 1001}'), "steps[0].at_least"),
    (_journey('{"by": {"property": "p", "buckets": [2, 1]}}'), "steps[0].by[0].buckets"),
    (_journey(STEP, ', "within": "0 days"'), "within"),
    (_journey(STEP, ', "compare": [{"name": "", "segment": {"people": [1]}}]'), "compare[0].name"),
    (_journey(STEP, ', "compare": [{"name": "x", "segment": {}}]'), "compare[0].segment"),
    (_journey(STEP, ', "compare": [{"name": "x", "segment": {"saved": "x"}}]'), "compare"),
    (
        _journey(
            STEP,
            ', "compare": [{"name": "x", "segment": {"behind": {"definition": {}, "cell": {}}}}]',
        ),
        "compare",
    ),
]

ANSWERED = [
    (
        '{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]}',
        '{"kind":"funnel","steps":['
        '{"event":"a","name":"a","optional":false,"people":0,"count":0,"conversion":0.0,'
        '"of_previous":0.0,"median_seconds":null},'
        '{"event":"b","name":"b","optional":false,"people":0,"count":0,"conversion":0.0,'
        '"of_previous":0.0,"median_seconds":null}],'
        '"groups":[],"pooled":0,"over_time":[],"times":null,"correlations":null}',
    ),
    *(
        (
            '{"kind": "funnel", "steps": [{"event": "a"}], "hold": "p", "every": "day", '
            '"breakdown": {"by": [{"property": "p"}]}, "times": true, "correlate": '
            '{"properties": ["p"]}, "order": "' + order + '", "count": "' + count + '", '
            '"value_of": "' + value_of + '"}',
            '{"kind":"funnel","steps":['
            '{"event":"a","name":"a","optional":false,"people":0,"count":0,"conversion":0.0,'
            '"of_previous":0.0,"median_seconds":null}],"groups":[],"pooled":0,"over_time":[],'
            '"times":{"whole":null,"steps":[null]},'
            '"correlations":{"watched_seconds":2592000.0,"left_out":0,"found":[]}}',
        )
        for order, count, value_of in (
            ("ordered", "people", "every"),
            ("ordered", "attempts", "last"),
            ("strict", "visits", "first"),
            ("any", "people", "every"),
        )
    ),
    (
        '{"kind": "trend", "series": [{"event": "a"}]}',
        '{"kind":"trend","series":[{"event":"a","measure":"people","points":[],"name":"","series":0,'
        '"value":[],"total":0,"before":null,"total_before":null,"change":null}],"pooled":0}',
    ),
    (
        '{"kind": "trend", "series": [{"measure": "mean", "property": "p"}, {"measure": "sum", '
        '"property": "p"}], "formulas": [{"formula": "B / A"}], "compare": true}',
        '{"kind":"trend","series":[{"event":null,"measure":"mean","points":[],"name":"","series":0,'
        '"value":[],"total":null,"before":[],"total_before":null,"change":null},'
        '{"event":null,"measure":"sum","points":[],"name":"","series":1,'
        '"value":[],"total":0.0,"before":[],"total_before":0.0,"change":null},'
        '{"event":null,"measure":"formula","points":[],"name":"","series":null,'
        '"value":[],"total":null,"before":[],"total_before":null,"change":null}],"pooled":0}',
    ),
    (
        '{"kind": "trend", "series": [{"measure": "distinct", "property": "p"}], "breakdown": '
        '{"by": [{"property": "p"}]}}',
        '{"kind":"trend","series":[],"pooled":0}',
    ),
    (
        '{"kind": "lifecycle", "event": "a"}',
        '{"kind":"lifecycle","groups":[{"value":[],"points":[]}],"pooled":0}',
    ),
    (
        '{"kind": "stickiness", "of": "week"}',
        '{"kind":"stickiness","groups":[{"value":[],"people":0,"mean":null,"points":[],"of":[]}],'
        '"pooled":0}',
    ),
    (
        '{"kind": "retention", "start": {"event": "a"}}',
        '{"kind":"retention","cohorts":[],"average":[],"by_value":[],"pooled":0}',
    ),
    (
        '{"kind": "retention", "start": {}, "brackets": [1, 3], "breakdown": {"by": [{"property": '
        '"p"}]}}',
        '{"kind":"retention","cohorts":[],"average":[],"by_value":[],"pooled":0}',
    ),
    (
        '{"kind": "cohort", "start": {"event": "a"}}',
        '{"kind":"cohort","cohorts":[],"total":{"size":0,"values":[],"cumulative":[],'
        '"per_person":[]},"pooled":0}',
    ),
    (
        '{"kind": "paths"}',
        '{"kind":"paths","people":0,"paths":0,"transitions":[],"starts":[],"ends":[],"nodes":[],'
        '"edges":[],"sequences":[],"pooled":{"transitions":0,"edges":0,"sequences":0}}',
    ),
    (
        '{"kind": "paths", "to": {"event": "a"}, "occurrence": "every", "steps": 2, "sequences": 1,'
        ' "by": "visit", "property": {"event": "a", "property": "p"}}',
        '{"kind":"paths","people":0,"paths":0,"transitions":[],"starts":[],"ends":[],"nodes":[],'
        '"edges":[],"sequences":[],"pooled":{"transitions":0,"edges":0,"sequences":0}}',
    ),
    (
        '{"kind": "journey", "steps": [{"event": "a"}, {"by": {"property": "p"}}]}',
        '{"kind":"journey","journeys":[{"segment":null,"completed":0,"steps":['
        '{"step":1,"name":"a","optional":false,"people":0,"conversion":0.0,"of_previous":0.0,'
        '"dropped":0,"branches":[{"value":"a","people":0,"dropped":0}],"pooled":0},'
        '{"step":2,"name":"(any)","optional":false,"people":0,"conversion":0.0,"of_previous":0.0,'
        '"dropped":0,"branches":[],"pooled":0}],"flows":[]}]}',
    ),
    (
        '{"kind": "visits"}',
        '{"kind":"visits","total":{"visits":0,"people":0,"events":0,"bounced":0,'
        '"bounce_rate":null,"events_per_visit":null,"visits_per_person":null,'
        '"mean_seconds":null,"median_seconds":null},"points":[],"groups":[],"pooled":0,'
        '"landing":{"values":[],"pooled":0},"exit":{"values":[],"pooled":0}}',
    ),
    (
        '{"kind": "attribution", "conversion": {"event": "a"}, "touches": [{"event": "b"}]}',
        '{"kind":"attribution","conversions":0,"people":0,"total":0.0,"unattributed":'
        '{"conversions":0,"people":0,"credit":0.0,"share":null},"rows":[],"pooled":0}',
    ),
    ('{"kind": "people"}', '{"kind":"people","people":0,"rows":[],"next":null}'),
    ('{"kind": "activity"}', '{"kind":"activity","events":0,"people":0,"rows":[],"next":null}'),
]


def read(text: str) -> tuple[Any, Any]:
    """A report and a definition of it."""
    report = REPORTS[msgspec.json.decode(text)["kind"]]
    return report, msgspec.json.decode(text, type=report.definition)


def written(answer: Any) -> str:
    """An answer as JSON, without what it says about itself."""
    fields = msgspec.to_builtins(answer)
    del fields["about"]
    return msgspec.json.encode(fields).decode()


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
    assert written(answer) == expected


@pytest.mark.parametrize(("text", "expected"), ANSWERED)
def test_scope_without_an_instant_has_an_empty_answer(text: str, expected: str) -> None:
    report, definition = read(text)
    nothing = Scope(start_ms=10, end_ms=9, purpose=1, zone=ZoneInfo("UTC"))
    parts = parts_of([Row(1, 9, "a"), Row(1, 10, "b")], 2)
    assert written(ask(report, definition, parts, nothing)) == expected


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
        '{"kind": "paths", "from": {"event": "a"}, "hide": [{"event": "b"}], "groups": '
        '[{"name": "g", "pattern": "x"}, {"name": "h", "event": "c"}]}': [
            ("from.event", "a"),
            ("hide[0].event", "b"),
            ("groups[1].event", "c"),
        ],
        '{"kind": "journey", "steps": [{"event": "a", "or": [{"event": "b"}]}, {"by": "event"}], '
        '"compare": [{"name": "x", "segment": {"did": {"event": "c"}}}]}': [
            ("steps[0].event", "a"),
            ("steps[0].or[0].event", "b"),
            ("compare[0].segment.did.event", "c"),
        ],
    }
    for text, expected in asked.items():
        report, definition = read(text)
        named = [
            (f"{where}.event", choice.event)
            for where, choice in report.choices(definition)
            if choice.event is not None
        ]
        assert named == expected


def test_cell_of_a_funnel_opens_to_its_people() -> None:
    rows = [Row(7, 0, "a"), Row(7, 1, "b"), Row(8, 0, "a"), Row(9, 0, "b")]
    scope = Scope(start_ms=0, end_ms=1, purpose=1, zone=ZoneInfo("UTC"))
    _, definition = read('{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]}')

    def people(step: int, reached: bool = True, **of: Any) -> list[int]:
        cell = funnel.FunnelCell(step=step, reached=reached, **of)
        part = timeline_of(rows)
        found = funnel.people(definition, cell, part, scope)
        assert found.dtype == np.bool_
        return [int(person) for person in part.people[found]]

    assert people(1) == [7, 8]
    assert people(2) == [7]
    assert people(2, reached=False) == [8]
    for step, reached in ((0, True), (3, True), (1, False), (3, False)):
        with pytest.raises(BadQuestion):
            people(step, reached)
    for of in ({"value": ("x",)}, {"interval": "2026-01-01"}):
        with pytest.raises(BadQuestion):
            people(1, **of)


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        ("{}", "cell"),
        ('{"step": 1, "correlation": {"event": "c"}}', "cell"),
        ('{"reached": false, "correlation": {"event": "c"}}', "cell"),
        ('{"correlation": {}}', "cell.correlation"),
        ('{"correlation": {"event": "c", "property": "p"}}', "cell.correlation"),
        ('{"correlation": {"property": "p"}}', "cell.correlation"),
        ('{"correlation": {"event": "b"}}', "cell.correlation.event"),
        ('{"correlation": {"property": "q", "value": "1"}}', "cell.correlation.property"),
    ],
)
def test_cell_that_is_no_correlation_of_the_funnel_is_refused(cell: str, where: str) -> None:
    plain = '{"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]'
    _, definition = read(plain + ', "correlate": {"properties": ["p"]}}')
    wanted = msgspec.json.decode(cell, type=funnel.FunnelCell)
    for asked, refused in ((definition, where), (read(plain + "}")[1], "cell")):
        with pytest.raises(BadQuestion) as refusal:
            funnel.people(asked, wanted, timeline_of([]), Scope(0, 1, 1, ZoneInfo("UTC")))
        assert str(refusal.value.where).startswith(refused)


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
