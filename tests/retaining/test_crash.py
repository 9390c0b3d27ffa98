"""The process ends in the middle of a run: the table is the old one or the new, and the next run
finds whatever was left."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.faults.forks import forks
from tests.faults.test_crash_points import EXIT, Point
from tests.opened import names, send, timelines
from tests.retaining.kept import ago, files, holding, open_kept, settle, stored

OLD = ["Seen", "Seen", "Seen", "account_closed"]
NEW = ["Seen"]

POINTS = (
    (Point("sojourn.retaining.traces:remove", leaving=True), OLD),
    (Point("sojourn.stores.delta:_placed"), OLD),
    (Point("sojourn.stores.delta:write_deltalake", leaving=True), NEW),
    (Point("deltalake:DeltaTable.vacuum", leaving=True), NEW),
    (Point("deltalake:DeltaTable.create_checkpoint", leaving=True), NEW),
    (Point("sojourn.timelines.parts:Parts.renew"), NEW),
    (Point("sojourn.timelines.parts:Parts.drop_other_editions"), NEW),
)


def work(data: Path, point: Point, told: Connection) -> None:
    """Take out what is due; end at the point."""
    sojourn, project = open_kept(data)
    told.send(project.store.committed())
    point.arm()
    sojourn.retain(project, actor="test")


@pytest.mark.parametrize(("point", "left"), POINTS, ids=str)
def test_a_crash_there_leaves_the_old_or_the_new_table(
    tmp_path: Path, point: Point, left: list[str]
) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        old = [ago("Seen", 100, note="oldword"), ago("Seen", 92.1, note="oldword")]
        new = [ago("Seen", 91.9, note="newword")]
        settle(sojourn, project, [*old, ago("account_closed", 93), *new])
        parts = [part for part in project.parts.now().parts if len(part.ts)]
        assert all(part.columns("note") for part in parts)
        committed = project.store.committed()

    receiver, sender = forks.Pipe(duplex=False)
    child = forks.Process(target=work, args=(tmp_path, point, sender))
    child.start()
    sender.close()
    child.join()
    assert child.exitcode == EXIT, f"the child never came to {point}"
    assert receiver.recv() == committed

    sojourn, project = open_kept(tmp_path)
    with sojourn:
        assert names(timelines(project).values()) == left
        assert len(stored(project)) == len(left)
        assert project.store.committed() == committed
        assert not [name for name in holding(tmp_path, "oldword") if "cache" in name] or left == OLD
        sojourn.retain(project, actor="test")
        assert names(timelines(project).values()) == NEW
        assert holding(tmp_path, "oldword") == []
        assert holding(tmp_path, "newword")
        assert len(files(tmp_path)) == 1
        send(sojourn, project, [ago("Seen", 1, user="u2")])
        sojourn.applier.commit(now=True)
        assert project.store.committed() == committed + 1
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        assert names(timelines(project).values()) == ["Seen", "Seen"]
