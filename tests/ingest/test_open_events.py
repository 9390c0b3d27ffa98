"""Events that may still change: seen at once, each change too, once, whatever happens meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn import tables
from sojourn.application import Sojourn
from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event, Kind
from sojourn.ingest import open_events
from sojourn.ingest.applier import Applier
from sojourn.ingest.open_events import GRACE_MS, OpenEvents, Placed
from sojourn.ingest.project import Project
from sojourn.vault import Vault
from tests.opened import NOON_MS, Clock, event, open_shop, send, timelines, together

MINUTE_MS = 60_000


def opening(name: str, message_id: str, ts: int = 0, **given: Any) -> Event:
    one = event(name, ts, message_id=message_id, **{"user": "ann", **given})
    return msgspec.structs.replace(one, open_ms=MINUTE_MS)


def change(message_id: str, ts: int = 0, *, closes: bool = False, **properties: Any) -> Event:
    one = event("", ts, user="ann", message_id=message_id, **properties)
    return msgspec.structs.replace(one, kind=Kind.CHANGE, closes=closes)


def values(project: Project, name: str) -> list[float]:
    """A property's values, of all events as the parts show them now, ascending."""
    found: list[float] = []
    for part in project.parts.now().parts:
        for column in part.columns(name):
            for start, end in zip(part.starts, part.ends, strict=True):
                found += [value for value in column.values[start:end] if value == value]
    return sorted(found)


def stored(project: Project) -> pa.Table:
    """What the table holds."""
    columns = ["ts", "event", *project.vocabulary.every_column()]
    return project.store.read(columns)


def refused(sojourn: Sojourn) -> dict[str, int]:
    table = tables.tallies
    with sojourn.engine.begin() as connection:
        rows = connection.execute(sa.select(table.c.what, table.c.events))
        return {what: events for what, events in rows if what.startswith("refused")}


def test_it_is_seen_at_once_and_so_is_each_change_and_the_table_gets_it_when_it_is_over(
    tmp_path: Path,
) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        send(sojourn, project, [opening("read", "m1", 5, duration=0), event("buy", 9, user="ann")])
        assert list(timelines(project).values()) == [[(5, "read"), (9, "buy")]]
        assert values(project, "duration") == [0]
        for at in (10, 20):
            clock.now_ms += 50_000
            send(sojourn, project, [change("m1", at, duration=at)])
            assert values(project, "duration") == [at]
        sojourn.applier.commit(now=True)
        assert stored(project)["event"].to_pylist() == ["buy"]
        clock.now_ms += MINUTE_MS + GRACE_MS
        sojourn.apply_all()
        assert list(timelines(project).values()) == [[(5, "read"), (9, "buy")]]
        sojourn.applier.commit(now=True)
        project.parts.settle()
        assert sorted(stored(project)["event"].to_pylist()) == ["buy", "read"]
        assert values(project, "duration") == [20]
        assert len(project.open_events) == 0
        with sojourn.engine.begin() as connection:
            assert not open_events.read_rows(connection)


def test_a_change_that_closes_is_the_last(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        last = change("m1", 1, closes=True, n=1)
        send(sojourn, project, [opening("read", "m1"), last, change("m1", 2, n=2)])
        outcome, _ = sojourn.accept(project, [change("m1", 3, n=3)])
        assert outcome.dropped[0].reason is DropReason.EVENT_CLOSED
        sojourn.apply_all()
        assert values(project, "n") == [1]
        sojourn.applier.commit(now=True)
        assert stored(project)["event"].to_pylist() == ["read"]
        assert refused(sojourn) == {"refused event_closed": 2}


def test_what_never_opened_cannot_change_and_is_not_stored(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", user="ann", message_id="m1")])
        outcome, done = sojourn.accept(project, [change("m1", n=1), change("m2", n=1)])
        assert {dropped.reason for dropped in outcome.dropped.values()} == {DropReason.EVENT_CLOSED}
        assert done is None
        assert len(project.open_events) == 0


def test_a_change_that_comes_too_late_is_refused_though_nothing_has_closed_the_event_yet(
    tmp_path: Path,
) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        send(sojourn, project, [opening("read", "m1", n=1)])
        clock.now_ms += MINUTE_MS
        send(sojourn, project, [change("m1", n=2)])
        assert values(project, "n") == [1]
        assert refused(sojourn) == {"refused event_closed": 1}


def test_a_change_that_comes_twice_or_late_undoes_nothing(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [opening("read", "m1")])
        first, second = change("m1", 1, n=1), change("m1", 2, n=2)
        for one in (first, second, first):
            send(sojourn, project, [one])
        assert values(project, "n") == [2]
        send(sojourn, project, [change("m1", 3, n=1)])
        assert values(project, "n") == [1]
        table = tables.tallies
        with sojourn.engine.begin() as connection:
            counts = dict(map(tuple, connection.execute(sa.select(table.c.what, table.c.events))))
        assert counts == {"stored": 4, "duplicates": 1}


def test_it_stays_open_through_a_restart_and_is_opened_once_however_often_it_is_sent(
    tmp_path: Path,
) -> None:
    for turn in range(3):
        sojourn, project = open_shop(tmp_path)
        with sojourn:
            send(sojourn, project, [opening("read", "m1", 3, n=0)])
            send(sojourn, project, [change("m1", turn, n=turn)])
            assert values(project, "n") == [turn]
            assert list(timelines(project).values()) == [[(3, "read")]]


def test_one_that_was_closed_and_not_yet_sent_is_sent_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn, monkeypatch.context() as stuck:
        stuck.setattr(Applier, "_send_closed", lambda *_: 0)
        send(sojourn, project, [opening("read", "m1", 3), change("m1", closes=True, n=7)])
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert values(project, "n") == [7]
        sojourn.apply_all()
        assert list(timelines(project).values()) == [[(3, "read")]]
        sojourn.applier.commit(now=True)
        assert stored(project)["event"].to_pylist() == ["read"]


def test_a_transaction_that_fails_changes_nothing_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [opening("read", "m1", 3, n=0)])
        with monkeypatch.context() as broken:
            broken.setattr("sojourn.ingest.applier._save", fail)
            more = [change("m1", 1, n=1), opening("look", "m2", 4), change("m2", 5, closes=True)]
            _, done = sojourn.accept(project, more)
            assert done is not None
            done.result(timeout=10)
            with pytest.raises(OSError, match="no space"):
                sojourn.apply_all()
        assert values(project, "n") == [0]
        assert len(project.open_events) == 1
        sojourn.apply_all()
        assert values(project, "n") == [1]
        assert list(timelines(project).values()) == [[(3, "read"), (4, "look")]]


def test_closed_twice_it_is_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a restart between sending and applying: it goes to the inbox once more."""
    sojourn, project = open_shop(tmp_path)
    with sojourn, monkeypatch.context() as forgetful:
        sent = OpenEvents.sent
        forgetful.setattr(OpenEvents, "sent", lambda *_: None)
        once = iter([True, True])
        leaving = OpenEvents.leaving
        forgetful.setattr(
            OpenEvents,
            "leaving",
            lambda self, most: leaving(self, most) if next(once, False) else {},
        )
        send(sojourn, project, [opening("read", "m1", 3), change("m1", closes=True, n=7)])
        forgetful.setattr(OpenEvents, "sent", sent)
        sojourn.apply_all()
        sojourn.applier.commit(now=True)
        assert stored(project)["event"].to_pylist() == ["read"]
        assert list(timelines(project).values()) == [[(3, "read")]]


def test_when_too_many_are_open_the_oldest_close(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_events, "OPEN_MAX", 2)
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        for number in range(5):
            send(sojourn, project, [opening("read", f"m{number}", number, n=number)])
        assert len(project.open_events) == 2
        assert values(project, "n") == [0, 1, 2, 3, 4]
        outcome, done = sojourn.accept(project, [change("m2", n=20), change("m3", n=30)])
        assert list(outcome.dropped) == [0]
        assert done is not None
        done.result(timeout=10)
        sojourn.apply_all()
        assert values(project, "n") == [0, 1, 2, 4, 30]


def test_it_goes_with_its_person_through_merge_split_and_hiding(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        send(sojourn, project, [event("sign up", 1, user="ann")])
        opened = opening("read", "m1", 2, user="", anonymous="phone")
        send(sojourn, project, [opened])
        assert together(timelines(project)) == {((1, "sign up"),), ((2, "read"),)}
        send(sojourn, project, [event("log in", 3, user="ann", anonymous="phone")])
        whole = [(1, "sign up"), (2, "read"), (3, "log in")]
        assert list(timelines(project).values()) == [whole]
        (ann,) = timelines(project)
        project.parts.hide([ann])
        assert timelines(project) == {}
        project.parts.hide([])
        clock.now_ms += MINUTE_MS + GRACE_MS
        sojourn.apply_all()
        assert list(timelines(project).values()) == [whole]
        # The closed row has the person that it was given when it opened: a split takes it along.
        sojourn.split(project, ann, actor="test")
        assert together(timelines(project)) == {
            ((1, "sign up"), (3, "log in")),
            ((2, "read"),),
        }


def test_values_that_name_somebody_are_sealed_with_it_and_stand_nowhere_in_the_clear(
    tmp_path: Path,
) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [opening("read", "m1", 2)])
        send(sojourn, project, [change("m1", friend="bob@secret.test", n=1)])
        (ann,) = timelines(project)
        with sojourn.engine.begin() as connection:
            (rows, _) = sojourn.directory(project).timeline(connection, ann, (2**62, 2**63 - 1), 9)
        assert [(row.properties, row.sealed) for row in rows] == [({"n": 1.0}, ("friend",))]
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or b"secret.test" not in file.read_bytes(), file


def test_its_purposes_are_those_of_the_event_and_of_each_change() -> None:
    known = OpenEvents(1, Vault(1, bytes(32)))
    opened = msgspec.structs.replace(opening("read", "m1"), purposes=0b110)
    known.take([Placed(1, 7, NOON_MS, opened)])

    def after(purposes: int) -> tuple[int, dict[str, Any], dict[str, int]]:
        told = msgspec.structs.replace(change("m1", n=purposes), purposes=purposes)
        turn = known.take([Placed(2, 0, NOON_MS + 1, told)])
        (one,) = known.every()
        return one.event.purposes, one.event.properties, dict(turn.refused)

    assert after(0b011) == (0b010, {"n": 0b011}, {})
    refusal = {DropReason.NO_LAWFUL_PURPOSE.value: 1}
    assert after(0b101) == (0b010, {"n": 0b011}, refusal)


def test_a_change_may_have_what_its_event_may_have(tmp_path: Path) -> None:
    """The policy's word on the event holds for its changes, too: what it withholds is never sent
    on."""
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [opening("read", "m1")])
        outcome, _ = sojourn.accept(project, [change("m1", password="hunter2", n=1)])
        (kept,) = outcome.kept
        assert (kept.name, kept.properties) == ("read", {"n": 1.0})
        assert outcome.withheld == {"secret": 1}


def test_what_is_due_closes_before_the_policy_takes_it_out(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        old = -20 * 365 * 24 * 3_600_000
        send(sojourn, project, [opening("read", "m1", old), opening("read", "m2", 0)])
        sojourn.retain(project, actor="test")
        assert list(timelines(project).values()) == [[(0, "read")]]
        assert len(project.open_events) == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["open", "change", "close", "plain"]), st.integers(0, 5)),
        st.sampled_from(["wait", "commit", "settle"]),
    ),
    min_size=4,
    max_size=16,
)


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("open")


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, reopens=st.booleans(), data=st.data())
def test_whatever_happens_every_event_is_there_once_as_it_was_left(
    shared_folder: Path, steps: list[object], reopens: bool, data: st.DataObject
) -> None:
    """Against a plain dictionary of what each event should be."""
    clock = Clock()
    sojourn, _ = open_shop(shared_folder, clock)
    name = f"p{len(sojourn.projects())}"
    sojourn.create_project(name)
    expected: dict[str, float] = {}
    closes: dict[str, int] = {}
    try:
        for number, step in enumerate(steps):
            project = sojourn.project(name)
            _do(sojourn, project, step, number, clock, expected, closes)
            if reopens and number == len(steps) // 2:
                sojourn.close()
                sojourn, _ = open_shop(shared_folder, clock)
            assert values(sojourn.project(name), "n") == sorted(expected.values())
        project = sojourn.project(name)
        clock.now_ms += MINUTE_MS + GRACE_MS
        sojourn.apply_all()
        sojourn.applier.commit(now=True)
        table = stored(project)
        kept = table["p_n"].to_pylist() if "p_n" in table.column_names else []
        assert sorted(kept) == values(project, "n") == sorted(expected.values())
    finally:
        sojourn.close()


def _do(
    sojourn: Sojourn,
    project: Project,
    step: object,
    number: int,
    clock: Clock,
    expected: dict[str, float],
    closes: dict[str, int],
) -> None:
    if step == "wait":
        clock.now_ms += 40_000
        sojourn.apply_all()
    elif step == "commit":
        sojourn.applier.commit(now=True)
    elif step == "settle":
        project.parts.settle()
    elif isinstance(step, tuple):
        what, which = step
        message, is_open = f"m{which}", clock.now_ms < closes.get(f"m{which}", 0)
        if what in ("open", "plain"):
            made = opening("read", message, which, user=f"u{which % 3}", n=number)
            one = made if what == "open" else msgspec.structs.replace(made, open_ms=0)
            if message not in expected:
                expected[message] = number
                closes[message] = clock.now_ms + MINUTE_MS if what == "open" else 0
        else:
            one = change(message, number, closes=what == "close", n=number)
            if is_open:
                expected[message] = number
                closes[message] = 0 if what == "close" else clock.now_ms + MINUTE_MS
        outcome, done = sojourn.accept(project, [one])
        if done is not None:
            done.result(timeout=10)
        assert all(
            isinstance(dropped, Dropped) and dropped.reason is DropReason.EVENT_CLOSED
            for dropped in outcome.dropped.values()
        )
        sojourn.apply_all()
