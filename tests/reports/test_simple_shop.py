"""A real log gives the figures that ClickHouse, pm4py, retentioneering and plain Python give.

They stand in `../shared/data/README.md`, which also says where the log is from.
"""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sojourn.period import to_ms
from sojourn.report import Scope
from sojourn.reports import funnel, paths, trend
from sojourn.reports.funnel import FunnelAnswer, FunnelDefinition, FunnelStep
from sojourn.reports.paths import PathsAnswer, PathsDefinition, PathsEnd
from sojourn.reports.trend import TrendAnswer, TrendDefinition, TrendSeries
from sojourn.timeline import Timeline
from tests.oracle.history import Row, ask, parts_of

LOG = Path(__file__).parents[3] / "shared/data/simple_shop.csv.gz"

pytestmark = pytest.mark.skipif(not LOG.exists(), reason=f"the real log {LOG} is not here")

FUNNELS = [
    # steps · ordered within a year · ordered within 10 minutes · an unbroken run
    ("catalog cart payment_done", "3611 1924 653", "3611 1924 653", "3611 1324 0"),
    ("cart catalog main", "1924 996 530", "1924 685 159", "1924 478 97"),
    (
        "main catalog cart payment_done",
        "2385 2015 1109 396",
        "2385 2015 1109 396",
        "2385 2015 396 0",
    ),
    ("product1 product2 cart", "1122 353 251", "1122 235 142", "1122 0 0"),
    ("product2 product1 cart", "1430 366 246", "1430 268 154", "1430 0 0"),
]

PAIRS = [
    # both, in any order, ever: step 1 and step k
    ("catalog", "cart", 1924),
    ("catalog", "payment_done", 653),
    ("cart", "main", 1324),
    ("main", "catalog", 2245),
    ("main", "payment_done", 484),
    ("product1", "product2", 542),
    ("product2", "cart", 1003),
]

EVENTS = {
    "catalog": (14518, 3611),
    "main": (5635, 2385),
    "lost": (3098, 3098),
    "cart": (2842, 1924),
    "product2": (2172, 1430),
    "delivery_choice": (1686, 1356),
    "product1": (1515, 1122),
    "payment_choice": (1107, 958),
    "delivery_courier": (834, 748),
    "payment_done": (706, 653),
    "payment_card": (565, 521),
    "delivery_pickup": (506, 469),
    "payment_cash": (197, 190),
}

TRANSITIONS = (
    "catalog catalog 4857, main catalog 4064, catalog main 2545, catalog product2 2172, "
    "catalog cart 1709, cart delivery_choice 1686, catalog lost 1605, catalog product1 1515, "
    "product2 catalog 1298, main main 1042, delivery_choice delivery_courier 834, "
    "delivery_courier payment_choice 752, product1 catalog 750, product2 cart 660, "
    "cart catalog 571, payment_choice payment_card 565"
)

STARTS = "catalog 2686, main 1065"

ENDS = (
    "lost 3098, payment_done 437, catalog 115, main 41, cart 21, product1 10, product2 7, "
    "delivery_choice 5, payment_card 5, payment_choice 5, delivery_pickup 3, "
    "delivery_courier 2, payment_cash 2"
)


@pytest.fixture(scope="module")
def parts() -> list[Timeline]:
    people: dict[str, int] = {}
    with gzip.open(LOG, "rt", newline="") as lines:
        rows = [
            Row(
                person=people.setdefault(line["user"], len(people)),
                ts=to_ms(datetime.fromisoformat(line["timestamp"])),
                name=line["event"],
            )
            for line in csv.DictReader(lines)
        ]
    return parts_of(rows, 3)


@pytest.fixture(scope="module")
def scope(parts: list[Timeline]) -> Scope:
    return Scope(
        start_ms=min(int(part.ts.min()) for part in parts),
        end_ms=max(int(part.ts.max()) for part in parts),
        purpose=1,
        zone=ZoneInfo("UTC"),
    )


def reached(parts: list[Timeline], scope: Scope, steps: str, within: str, order: str) -> str:
    definition = FunnelDefinition(
        steps=tuple(FunnelStep(step) for step in steps.split()),
        within=within,
        order=order,  # type: ignore[arg-type]
    )
    answer: FunnelAnswer = ask(funnel.REPORT, definition, parts, scope)
    return " ".join(str(step.people) for step in answer.steps)


@pytest.mark.parametrize(("steps", "in_a_year", "in_ten_minutes", "unbroken"), FUNNELS)
def test_funnels_reach_the_published_people(
    parts: list[Timeline],
    scope: Scope,
    steps: str,
    in_a_year: str,
    in_ten_minutes: str,
    unbroken: str,
) -> None:
    assert reached(parts, scope, steps, "365 days", "ordered") == in_a_year
    assert reached(parts, scope, steps, "10 minutes", "ordered") == in_ten_minutes
    assert reached(parts, scope, steps, "365 days", "strict") == unbroken


@pytest.mark.parametrize(("one", "other", "both"), PAIRS)
def test_any_order_counts_people_who_did_both(
    parts: list[Timeline], scope: Scope, one: str, other: str, both: int
) -> None:
    people = reached(parts, scope, f"{one} {other}", "365 days", "any")
    assert people == f"{EVENTS[one][1]} {both}"


def test_paths_are_the_published_ones(parts: list[Timeline], scope: Scope) -> None:
    answer: PathsAnswer = ask(paths.REPORT, PathsDefinition(), parts, scope)
    assert answer.people == 3751
    assert len(answer.transitions) == 46
    moves = [f"{move.from_} {move.to} {move.count}" for move in answer.transitions]
    assert ", ".join(moves[:16]) == TRANSITIONS
    assert written(answer.starts) == STARTS
    assert written(answer.ends) == ENDS


def written(ends: tuple[PathsEnd, ...]) -> str:
    return ", ".join(f"{end.event} {end.count}" for end in ends)


def test_trends_add_up_to_the_events_of_the_log(parts: list[Timeline], scope: Scope) -> None:
    series = tuple(
        TrendSeries(event=name, measure=measure)
        for name in EVENTS
        for measure in ("events", "people")
    )
    definition = TrendDefinition(series=series, every="month")
    answer: TrendAnswer = ask(trend.REPORT, definition, parts, scope)
    for line in answer.series:
        total = sum(count for _, count in line.points)
        events, people = EVENTS[str(line.event)]
        assert total == events if line.measure == "events" else total >= people


def test_people_of_an_event_are_the_first_step_of_its_funnel(
    parts: list[Timeline], scope: Scope
) -> None:
    for name, (_, people) in EVENTS.items():
        assert reached(parts, scope, name, "1 day", "ordered") == str(people)
