"""`sojourn sql` at the keyboard; what it answers is tested in `tests/test_sql.py`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from sojourn import sql
from tests.cli.conftest import Shell
from tests.opened import event, open_shop, send

PAIRS = "FROM range(10000000) a, range(10000000) b, events"


@pytest.mark.parametrize(
    "statement", [f"SELECT sum(a.range * b.range) {PAIRS}", f"SELECT a.range {PAIRS} ORDER BY 1"]
)
def test_ctrl_c_breaks_a_statement_off_and_tells_nothing_else(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    sojourn, project = open_shop(tmp_path / "data")
    with sojourn:
        send(sojourn, project, [event("cart", 1, user="ann")])
    check = sql._check

    def press_soon(*given: Any) -> None:
        check(*given)
        Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    monkeypatch.setattr(sql, "_check", press_soon)
    ran = shell("sql", statement, "--project", "shop")
    assert (ran.status, ran.out, ran.err) == (130, "", "")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_share_of_people_who_are_not_seen_is_told_beside_the_rows(
    shell: Shell, tmp_path: Path
) -> None:
    sojourn, project = open_shop(tmp_path / "data")
    with sojourn:
        for user in ("ann", "bob", "eve", "joe"):
            send(sojourn, project, [event("cart", 1, user=user)])
    ask = ("sql", "SELECT count(*) AS n FROM people", "--project", "shop", "--format", "json")
    assert (shell(*ask).out, shell(*ask).err) == ('{"n":4}\n', "")
    sojourn, project = open_shop(tmp_path / "data")
    with sojourn:
        sojourn.governance(project).restrict(2, actor="test")
    ran = shell(*ask)
    assert (ran.out, ran.err) == (
        '{"n":3}\n',
        "25.00% of the people are not seen for analytics.\n",
    )
