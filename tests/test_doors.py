"""One definition, one answer, at every door: HTTP, command line and Python, over a real log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sojourn
from tests.conftest import Served, run_sojourn

FUNNELS = {
    "catalog cart payment_done": ("3611 1924 653", "3611 1924 653", "3611 1324 0"),
    "cart catalog main": ("1924 996 530", "1924 685 159", "1924 478 97"),
    "main catalog cart payment_done": (
        "2385 2015 1109 396",
        "2385 2015 1109 396",
        "2385 2015 396 0",
    ),
    "product1 product2 cart": ("1122 353 251", "1122 235 142", "1122 0 0"),
    "product2 product1 cart": ("1430 366 246", "1430 268 154", "1430 0 0"),
}
"""People by step: within 365 days, within 10 minutes, in an unbroken run; see the log's README."""
QUESTIONS = (("365 days", "ordered"), ("10 minutes", "ordered"), ("365 days", "strict"))


def definitions() -> list[tuple[dict[str, Any], list[int]]]:
    """Every funnel of the table, with the people it must find."""
    return [
        (
            {
                "kind": "funnel",
                "steps": [{"event": name} for name in names.split()],
                "within": within,
                "order": order,
            },
            [int(people) for people in figures.split()],
        )
        for names, row in FUNNELS.items()
        for (within, order), figures in zip(QUESTIONS, row, strict=True)
    ]


@pytest.fixture(scope="module")
def shop(serve: Callable[[], Served], shared: Path) -> Served:
    """A server into whose folder the shop's log was imported while it ran."""
    served = serve()
    log = str(shared / "data" / "simple_shop.csv.gz")
    told = run_sojourn("import", log, "--project", "shop", data=served.data)
    assert "35,381 rows read · 35,381 stored · 0 known already · 0 refused" in told
    return served


def test_every_funnel_of_the_shop_is_exact_over_http(shop: Served) -> None:
    for definition, people in definitions():
        answer: Any = shop.ask(**definition)
        assert [step["people"] for step in answer["steps"]] == people, definition


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without how it was found, which is never the same twice."""
    about = {name: answer["about"][name] for name in ("people", "unseen", "from", "to", "events")}
    return {**answer, "about": about}


def test_all_doors_give_the_same_answer(shop: Served) -> None:
    questions: list[dict[str, Any]] = [
        definitions()[4][0],
        {"kind": "trend", "series": [{"event": "cart"}, {"measure": "events"}], "every": "week"},
        {"kind": "retention", "start": {"event": "catalog"}, "every": "month", "periods": 4},
        {"kind": "paths"},
    ]
    with sojourn.open(shop.data) as opened:
        for definition in questions:
            over_http = shop.ask(**definition)
            in_python = opened.project("shop").ask(definition)
            assert said(json.loads(json.dumps(in_python.to_dict()))) == said(over_http)
    for definition in questions[:2]:
        asked = json.dumps(definition)
        told = run_sojourn(
            "report", "-", "--project", "shop", "--format", "json", data=shop.data, stdin=asked
        )
        assert said(json.loads(told)) == said(shop.ask(**definition))


def test_paths_of_the_shop_are_exact(shop: Served) -> None:
    answer: Any = shop.ask("paths")
    counts = {(move["from"], move["to"]): move["count"] for move in answer["transitions"]}
    assert answer["people"] == 3751
    assert len(counts) == 46
    assert counts["catalog", "catalog"] == 4857
    assert counts["catalog", "cart"] == 1709
    assert answer["starts"] == [
        {"event": "catalog", "count": 2686},
        {"event": "main", "count": 1065},
    ]
    assert answer["ends"][0] == {"event": "lost", "count": 3098}
