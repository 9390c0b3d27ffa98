"""The Python library: the same questions, and answers as frames and pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

import sojourn
from sojourn.errors import SojournError
from tests.opened import event, open_shop, send


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    opened, project = open_shop(tmp_path)
    with opened:
        send(
            opened,
            project,
            [
                event("cart", 1, user="ann", price=5),
                event("paid", 2, user="ann"),
                event("cart", 3, user="bob", price=50),
            ],
        )
    return tmp_path


def test_funnel_comes_as_arrow_pandas_polars_and_a_picture(shop: Path) -> None:
    with sojourn.open(shop) as opened:
        result = opened.project("shop").funnel(["cart", "paid"], within="10 minutes")
    assert [step.people for step in result.answer.steps] == [2, 1]
    assert result.to_arrow().column("people").to_pylist() == [2, 1]
    assert result.to_pandas()["conversion"].tolist() == [1.0, 0.5]
    assert result.to_polars()["event"].to_list() == ["cart", "paid"]
    assert [bar.get_height() for bar in result.plot().patches] == [2, 1]
    assert result.to_dict()["kind"] == "funnel"


def test_every_report_can_be_asked_and_drawn(shop: Path) -> None:
    with sojourn.open(shop) as opened:
        questions = opened.project("shop")
        results = [
            questions.trend([{"event": "cart", "measure": "events"}, "paid"], every="hour"),
            questions.retention("cart", returning="paid", every="day", periods=3),
            questions.paths(),
            questions.lifecycle(every="day"),
            questions.stickiness("cart"),
            questions.cohort(
                "cart", brings={"event": "cart"}, measure="sum", property="price", every="day"
            ),
            questions.attribution("paid", ["cart"]),
        ]
    assert results[0].rows[0]["count"] == 2
    assert results[3].answer.groups[0].points[0].new == 2
    assert results[1].answer.cohorts[0].size == 2
    assert results[2].answer.people == 2
    for result in results:
        assert result.plot().has_data()


def test_reports_without_a_picture_are_tables(shop: Path) -> None:
    with sojourn.open(shop) as opened:
        questions = opened.project("shop")
        results = [
            questions.people(metrics=[{"name": "carts", "event": "cart"}]),
            questions.activity(columns=[{"property": "price"}]),
            questions.visits(),
            questions.journey(["cart", "paid"]),
        ]
    for result in results:
        assert result.to_arrow().num_rows
        with pytest.raises(SojournError, match="no picture"):
            result.plot()


def test_cells_open_and_segments_list_their_people(shop: Path) -> None:
    with sojourn.open(shop) as opened:
        questions = opened.project("shop")
        funnel = {"kind": "funnel", "steps": [{"event": "cart"}, {"event": "paid"}]}
        left = questions.people_behind(funnel, {"step": 2, "reached": False})
        assert left == questions.segment({"not": {"did": {"event": "paid"}}})
        assert len(left) == 1


def test_conditions_pass_as_they_stand_in_the_definition(shop: Path) -> None:
    with sojourn.open(shop) as opened:
        dear = {"event": "cart", "where": [{"property": "price", "at_least": 10}]}
        result = opened.project("shop").funnel([dear])
    assert result.answer.steps[0].people == 1


def test_unknown_project_and_event_say_what_now(shop: Path) -> None:
    with sojourn.open(shop) as opened:
        with pytest.raises(sojourn.SojournError, match="no project “shoop”"):
            opened.project("shoop")
        with pytest.raises(sojourn.SojournError, match=r"steps\[0\].event"):
            opened.project("shop").funnel(["crt"])


def test_folder_can_be_read_beside_the_process_that_writes(shop: Path) -> None:
    writer, project = open_shop(shop)
    with writer:
        send(writer, project, [event("cart", 9, user="eve")])
        with sojourn.open(shop) as reader:
            assert reader.projects() == ["shop"]
            assert reader.project("shop").funnel(["cart"]).answer.steps[0].people == 3
