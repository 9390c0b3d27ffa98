"""`sojourn retain` and `sojourn hold`, as their doors are called."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sojourn.cli import hold
from sojourn.cli.retain import retain
from sojourn.errors import BadQuestion, NotFound
from tests.retaining.kept import ago, open_kept, settle


def test_what_is_due_is_told_held_and_taken_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        # By the clock of the command this is years ago.
        settle(sojourn, project, [ago("Seen", 2_000), ago("Order", 2_100)])

    def told_by_retain(*, dry_run: bool = False) -> str:
        retain(project="shop", dry_run=dry_run, data=tmp_path)
        return capsys.readouterr().out

    assert "2 partitions would be dropped" in told_by_retain(dry_run=True)
    hold.place("case 7", project="shop", category=("orders",), data=tmp_path)
    assert "Held from now on: orders" in capsys.readouterr().out
    assert "1 partitions dropped, 0 rewritten" in told_by_retain()
    hold.show(project="shop", data=tmp_path)
    assert "stands" in capsys.readouterr().out
    hold.lift("case 7", project="shop", data=tmp_path)
    assert "1 hold lifted" in capsys.readouterr().out
    hold.show(project="shop", data=tmp_path)
    assert "stands" not in capsys.readouterr().out
    assert "1 partitions dropped" in told_by_retain()
    assert "0 partitions dropped" in told_by_retain()


def test_a_hold_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with open_kept(tmp_path)[0]:
        pass
    with pytest.raises(BadQuestion, match="no category “x”"):
        hold.place("case 8", project="shop", category=("x",), data=tmp_path)
    with pytest.raises(BadQuestion, match="has passed"):
        hold.place("case 8", project="shop", until=date(2020, 1, 1), data=tmp_path)
    with pytest.raises(NotFound, match="case 8"):
        hold.lift("case 8", project="shop", data=tmp_path)
