"""`sojourn retain` and `sojourn hold`, as a person runs them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import run_sojourn
from tests.retaining.kept import ago, open_kept, settle


def test_what_is_due_is_told_held_and_taken_out(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        # By the clock of the command this is years ago.
        settle(sojourn, project, [ago("Seen", 2_000), ago("Order", 2_100)])

    def run(*arguments: str) -> str:
        return run_sojourn(*arguments, "--project", "shop", data=tmp_path)

    assert "2 partitions would be dropped" in run("retain", "--dry-run")
    assert "Held from now on: orders" in run("hold", "place", "case 7", "--category", "orders")
    told = run("retain")
    assert "held: case 7" in told
    assert "1 partitions dropped, 0 rewritten" in told
    assert "stands" in run("hold", "list")
    assert "1 hold lifted" in run("hold", "lift", "case 7")
    assert "lifted" in run("hold", "list")
    assert "1 partitions dropped" in run("retain")
    assert "0 partitions dropped" in run("retain")
    with pytest.raises(AssertionError, match="no category “x”"):
        run("hold", "place", "case 8", "--category", "x")
    with pytest.raises(AssertionError, match="has passed"):
        run("hold", "place", "case 8", "--until", "2020-01-01")
    with pytest.raises((AssertionError, subprocess.CalledProcessError), match="stands"):
        run("hold", "lift", "case 8")
