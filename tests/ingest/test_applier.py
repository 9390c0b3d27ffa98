"""The applier: each message once, in order, whoever sent it, and nothing skipped."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from sojourn import tables
from sojourn.ingest.applier import outcome_of
from tests.opened import NOON_MS, Clock, event, open_shop, profile, send, timelines


def test_message_sent_again_is_stored_once(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        one = event("buy", 1, user="ann", message_id="m1")
        first = send(sojourn, project, [one, one])
        again = send(sojourn, project, [one])
        assert list(timelines(project).values()) == [[(1, "buy")]]
        with sojourn.engine.begin() as connection:
            assert outcome_of(connection, project.id, [first]) == (1, 1)
            assert outcome_of(connection, project.id, [again]) == (0, 1)


def test_message_sent_again_after_commit_and_reopening_is_stored_once(tmp_path: Path) -> None:
    one = event("buy", 1, user="ann", message_id="m1")
    for _ in range(2):
        sojourn, project = open_shop(tmp_path)
        with sojourn:
            send(sojourn, project, [one])
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert list(timelines(project).values()) == [[(1, "buy")]]


def test_events_of_a_project_made_by_another_process_a_moment_ago_are_applied(
    tmp_path: Path,
) -> None:
    server, _ = open_shop(tmp_path)
    beside, _ = open_shop(tmp_path)
    with server, beside:
        assert server.writes
        assert not beside.writes
        made = beside.create_project("new")
        _, done = beside.accept(made, [event("hello", 1, user="ann")])
        assert done is not None
        done.result(timeout=10)
        server.apply_all()
        assert list(timelines(server.project("new")).values()) == [[(1, "hello")]]


def test_transaction_that_fails_leaves_nothing_behind_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 1, anonymous="phone")])
        with monkeypatch.context() as broken:
            broken.setattr("sojourn.ingest.applier._save", _fail)
            _, done = sojourn.accept(
                project, [event("new name", 2, user="ann", anonymous="phone", price=1)]
            )
            assert done is not None
            done.result(timeout=10)
            with pytest.raises(OSError, match="no space"):
                sojourn.apply_all()
        assert list(timelines(project).values()) == [[(1, "look")]]
        sojourn.apply_all()
        assert list(timelines(project).values()) == [[(1, "look"), (2, "new name")]]
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert list(timelines(project).values()) == [[(1, "look"), (2, "new name")]]


def _fail(*_: object) -> None:
    raise OSError("no space left")


def test_tail_is_committed_when_it_has_waited_long_enough_and_the_inbox_is_trimmed(
    tmp_path: Path,
) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        row = send(sojourn, project, [event("buy", 1, user="ann")])
        assert project.store.committed() == 0
        clock.now_ms = NOON_MS + 30_000
        sojourn.applier.commit()
        assert project.store.committed() == row
        assert sojourn.inbox.last() == 0


def test_newest_value_of_a_trait_wins_across_merged_people(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", anonymous="phone")])
        send(sojourn, project, [profile(anonymous="phone", city="Lyon", name="A")])
        send(sojourn, project, [event("sign up", user="ann")])
        send(sojourn, project, [profile(user="ann", name="Ann")])
        send(sojourn, project, [event("log in", 5, user="ann", anonymous="phone")])
        (person,) = timelines(project)
        with sojourn.engine.begin() as connection:
            revealed = sojourn.directory(project).reveal(connection, person)
        assert revealed.traits == {"city": "Lyon", "name": "Ann"}
        assert {(one.type, one.value) for one in revealed.identifiers} == {
            ("user_id", "ann"),
            ("anonymous_id", "phone"),
        }


def test_totals_are_counted(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        one = event("buy", 1, user="ann", message_id="m1")
        send(sojourn, project, [one])
        send(sojourn, project, [one])
        sojourn.accept(project, [event("", user="ann")])
        sojourn.apply_all()
        table = tables.tallies
        with sojourn.engine.begin() as connection:
            rows = connection.execute(sa.select(table.c.what, table.c.events)).all()
    assert dict(map(tuple, rows)) == {"stored": 1, "duplicates": 1, "refused no_event_name": 1}
