"""Poison: an event on which our own code fails is set aside, and harms none of the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sojourn import tables
from sojourn.application import Sojourn
from sojourn.drop_reason import DropReason
from sojourn.event import Event
from sojourn.ingest import aside, pipeline, rows
from sojourn.ingest.project import Project
from sojourn.ingest.quarantine import Chosen
from tests.opened import event, open_shop, send, timelines

POISON = "quokka"
REASON = Chosen(reason="poison")


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The applier fails on every event that is called like that, until this is undone."""
    real = rows.table_of

    def table_of(
        connection: Any, project: Project, placed: Sequence[Any], owners: Any, lots: Any = ()
    ) -> Any:
        named = {one.name for _, one in placed}.union(*(owned.lot.event for owned in lots))
        if POISON in named:
            raise ValueError(f"cannot convert {POISON}")
        return real(connection, project, placed, owners, lots)

    monkeypatch.setattr(rows, "table_of", table_of)
    return monkeypatch


def test_the_applier_sets_poison_aside_and_applies_all_else_once(
    tmp_path: Path, poisoned: pytest.MonkeyPatch
) -> None:
    batches = [
        [event("a", 1, user="ann", message_id="1"), event("b", 2, user="ben", message_id="2")],
        [
            event("c", 3, user="ann", message_id="3"),
            event(POISON, 4, user="ann", message_id="4", email="ann@x.test"),
            event("d", 5, user="ann", message_id="5"),
        ],
        [event("e", 6, user="ben", message_id="6")],
    ]
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        for batch in batches:
            _, done = sojourn.accept(project, batch)
            assert done is not None
            done.result(timeout=10)
        sojourn.apply_all()
        assert names(project) == [["a", "c", "d"], ["b", "e"]]
        assert tallies(sojourn) == {"stored": 5, "refused poison": 1}
        assert [one.events for one in sojourn.quarantine.reasons(project)] == [1]

        beside, same = open_shop(tmp_path)
        with beside:
            assert names(same) == [["a", "c", "d"], ["b", "e"]], "as after a crash"

        send(sojourn, project, batches[1])
        assert names(project) == [["a", "c", "d"], ["b", "e"]], "and again when it is sent again"
        assert tallies(sojourn) == {"stored": 5, "duplicates": 2, "refused poison": 2}

        poisoned.undo()
        assert sojourn.replay(project, REASON).kept == 1
        sojourn.apply_all()
        assert names(project) == [["a", "c", POISON, "d"], ["b", "e"]]
        assert sojourn.quarantine.reasons(project) == []
        send(sojourn, project, batches[1])
        assert names(project) == [["a", "c", POISON, "d"], ["b", "e"]]
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert names(project) == [["a", "c", POISON, "d"], ["b", "e"]]


def test_many_that_fail_are_a_fault_of_the_program_and_stay_in_the_inbox(
    tmp_path: Path, poisoned: pytest.MonkeyPatch
) -> None:
    poisoned.setattr("sojourn.ingest.applier.ASIDE_MAX", 3)
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        good = [event("a", n, user="ann") for n in range(3)]
        bad = [event(POISON, n, user="ann") for n in range(4)]
        _, done = sojourn.accept(project, [*good, *bad])
        assert done is not None
        done.result(timeout=10)
        for _ in range(2):
            with pytest.raises(ValueError, match="cannot convert"):
                sojourn.apply_all()
        assert names(project) == []
        assert len(sojourn.inbox.after(0, 100)[0].events) == 7
        poisoned.undo()
        sojourn.apply_all()
        assert len(names(project)[0]) == 7


def test_a_step_that_fails_on_an_event_drops_that_one_and_tells_its_sender(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(one: Event, _: object) -> Event:
        if one.name == POISON:
            raise KeyError("ann@x.test")
        return one

    with_poison = (fails, *pipeline.STEPS)
    monkeypatch.setattr(pipeline.run, "__defaults__", (with_poison,))
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        given = [event(name, 1, user="ann") for name in ("a", POISON, "b", POISON)]
        outcome, done = sojourn.accept(project, given)
        assert done is not None
        assert [one.name for one in outcome.kept] == ["a", "b"]
        assert {one.reason for one in outcome.dropped.values()} == {DropReason.POISON}
        done.result(timeout=10)
        sojourn.apply_all()
        assert tallies(sojourn) == {"stored": 2, "refused poison": 2}
        told = [one.message for one in caplog.records if "poison to a step" in one.message]
        assert len(told) == 1, "once, not per event"
        assert "ann@x.test" not in told[0]


def names(project: Project) -> list[list[str]]:
    """The names of everybody's events, in order."""
    return sorted([name for _, name in run] for run in timelines(project).values())


def tallies(sojourn: Sojourn) -> dict[str, int]:
    """All totals."""
    table = tables.tallies
    with sojourn.engine.begin() as connection:
        found = connection.execute(sa.select(table.c.what, table.c.events)).all()
    return dict(map(tuple, found))


def test_the_bound_is_what_the_page_says() -> None:
    page = Path(__file__).parents[2] / "docs/reference/operations.md"
    assert f"{aside.ASIDE_MAX} events" in page.read_text()
