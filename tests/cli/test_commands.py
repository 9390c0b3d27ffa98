"""The other commands: report, project, key, login; and how every command fails."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from litestar.testing import TestClient

from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.settings import Settings
from tests.cli.conftest import Shell
from tests.conftest import SOJOURN, run_sojourn

FUNNEL = json.dumps({"kind": "funnel", "steps": [{"event": "cart"}, {"event": "paid"}]})


@pytest.fixture
def shop(shell: Shell, tmp_path: Path) -> Path:
    """A data folder with a project `shop`: two people have a cart, one of them paid."""
    rows = ["u1,2026-01-01T00:00:00Z,cart", "u1,2026-01-01T00:01:00Z,paid"]
    rows += ["u2,2026-01-02T00:00:00Z,cart"]
    (tmp_path / "some.csv").write_text("\n".join(["user,time,event", *rows]))
    assert shell("import", tmp_path / "some.csv", "--project", "shop").status == 0
    return tmp_path / "data"


def test_a_report_as_json_is_the_answer_that_http_gives(shell: Shell, shop: Path) -> None:
    ran = shell("report", "-", "--project", "shop", "--format", "json", stdin=FUNNEL)
    assert ran.status == 0, ran.err
    steps = json.loads(ran.out)["steps"]
    assert [(step["event"], step["people"], step["conversion"]) for step in steps] == [
        ("cart", 2, 1.0),
        ("paid", 1, 0.5),
    ]
    with (
        Sojourn(Settings(data=shop)) as sojourn,
        TestClient(application(sojourn), base_url="http://127.0.0.1:8000") as client,
    ):
        assert client.get(sojourn.login_link(), follow_redirects=False).status_code == 303
        address = "/api/v1/projects/shop/reports/funnel"
        there, here = client.post(address, content=FUNNEL).json(), json.loads(ran.out)
    there["about"].pop("ms"), here["about"].pop("ms")
    assert there == here


def test_a_report_as_csv_is_one_row_a_step(shell: Shell, shop: Path, tmp_path: Path) -> None:
    question = tmp_path / "funnel.json"
    question.write_text(FUNNEL)
    ran = shell("report", question, "--project", "shop", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(row["event"], row["people"]) for row in rows] == [("cart", "2"), ("paid", "1")]


def test_a_report_as_a_table_is_what_people_read(shell: Shell, shop: Path) -> None:
    ran = shell("report", "-", "--project", "shop", stdin=FUNNEL)
    assert "50.0%" in ran.out
    assert "paid" in ran.out
    assert "of 2 people; 3 events read in" in ran.out


def test_a_report_as_arrow_is_a_stream_that_others_read(shell: Shell, shop: Path) -> None:
    done = subprocess.run(
        [str(SOJOURN), "report", "-", "--project", "shop", "--format", "arrow"],
        input=FUNNEL.encode(),
        env={**os.environ, "SOJOURN_DATA": str(shop)},
        capture_output=True,
        check=True,
    )
    table = pa.ipc.open_stream(done.stdout).read_all()
    assert table["people"].to_pylist() == [2, 1]


def test_projects_are_made_with_a_write_key_and_listed_with_what_they_hold(
    shell: Shell, shop: Path
) -> None:
    made = shell("project", "create", "club", "--title", "The Club", "--timezone", "Asia/Tokyo")
    assert made.status == 0
    assert re.search(r"^wk_[0-9a-f]{40}$", made.out, re.MULTILINE)
    rows = shell("project", "list").out.splitlines()
    cells = {row.split()[1]: row.split() for row in rows if row.startswith("│")}
    assert {"The", "Club", "Asia/Tokyo"} <= set(cells["club"])
    assert [cells["shop"][-4], cells["shop"][-2]] == ["2", "3"]


def test_an_empty_folder_has_no_project_and_says_how_to_make_one(shell: Shell) -> None:
    ran = shell("project", "list")
    assert ran.status == 0
    assert "`sojourn project create NAME`" in ran.out


def test_keys_are_shown_once_listed_by_their_beginning_and_taken_back(
    shell: Shell, shop: Path
) -> None:
    key = shell("key", "create", "read", "--project", "shop").out.strip()
    assert re.fullmatch(r"rk_[0-9a-f]{40}", key)
    listed = shell("key", "list", "--project", "shop").out
    assert f"{key[:8]}…" in listed
    assert key not in listed
    assert "1 key taken back" in shell("key", "revoke", key[:8], "--project", "shop").out
    assert "has no keys" in shell("key", "list", "--project", "shop").out


def test_taking_back_a_key_that_is_not_there_is_an_error(shell: Shell, shop: Path) -> None:
    ran = shell("key", "revoke", "rk_00000", "--project", "shop")
    assert ran.status == 1
    assert "sojourn key list" in ran.err


def test_login_prints_a_link_for_the_address_that_is_named(shell: Shell, shop: Path) -> None:
    ran = shell("login", "--host", "stats.x.test", "--port", "9000")
    assert re.fullmatch(r"http://stats\.x\.test:9000/login/[\w-]{40,}", ran.out.strip())


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["report", "-", "--project", "nowhere"], FUNNEL, ["“nowhere”", "sojourn project list"]),
        (["report", "missing.json", "--project", "shop"], "", ["missing.json", "No such file"]),
        (["report", "-", "--project", "shop"], "{", ["cannot be read", "reports.md"]),
        (["report", "-", "--project", "shop"], "[" * 100_000, ["cannot be read", "reports.md"]),
        (["report", "-", "--project", "shop"], '{"kind": "map"}', ["“map”", "kind", "funnel"]),
        (
            ["report", "-", "--project", "shop"],
            '{"kind": "funnel", "steps": [{"event": "chekout"}]}',
            ["Unknown event", "“chekout”", "steps[0].event"],
        ),
        (
            ["report", "-", "--project", "shop"],
            '{"kind": "funnel", "steps": [{"event": 7}]}',
            ["steps[0].event"],
        ),
        (["project", "create", "No Spaces"], "", ["“No Spaces”", "lower-case"]),
        (["project", "create", "../up"], "", ["“../up”", "lower-case"]),
        (["project", "create", "shop"], "", ["“shop” already", "another name"]),
        (["project", "create", "a", "--timezone", "Mars/North"], "", ["“Mars/North”", "Europe"]),
        (["key", "create", "read", "--project", "nowhere"], "", ["“nowhere”"]),
        (["key", "list", "--project", "nowhere"], "", ["“nowhere”"]),
    ],
    ids=range(13),
)
def test_a_failure_ends_with_status_1_and_says_what_where_and_what_now(
    shell: Shell, shop: Path, arguments: list[str], stdin: str, words: list[str]
) -> None:
    ran = shell(*arguments, stdin=stdin)
    assert ran.status == 1
    told = ran.err + ran.out
    assert "Traceback" not in told
    assert [word for word in words if word not in told] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "-", "--project", "shop", "--format", "xml"], ["xml", "table"]),
        (["key", "create", "admin", "--project", "shop"], ["admin", "write"]),
        (["serve", "--port", "many"], ["many"]),
        (["dance"], ["dance"]),
        (["report", "-"], ["project"]),
    ],
    ids=range(5),
)
def test_a_command_that_is_not_understood_ends_with_status_2_as_shells_expect(
    shell: Shell, arguments: list[str], words: list[str]
) -> None:
    ran = shell(*arguments, stdin=FUNNEL)
    assert ran.status == 2
    assert [word for word in words if word not in ran.err + ran.out] == []
    assert "Traceback" not in ran.err


def test_a_damaged_master_key_is_told_and_nothing_is_overwritten(shell: Shell, shop: Path) -> None:
    (shop / "master.key").write_text("not a key")
    ran = shell("project", "list")
    assert ran.status == 1
    assert "master key" in ran.err
    assert "Restore" in ran.err
    assert (shop / "master.key").read_text() == "not a key"


def test_another_key_than_the_data_s_own_opens_nothing(
    shell: Shell, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOJOURN_MASTER_KEY", "00" * 32)
    ran = shell("project", "list")
    assert ran.status == 1
    assert "does not open" in ran.err


def test_the_installed_command_answers_in_a_process_of_its_own(tmp_path: Path) -> None:
    assert re.match(r"\d+\.\d+\.\d+", run_sojourn("--version", data=tmp_path).strip())


LIGHT = """
import sys
from sojourn.cli import main
for line in ("--help", "login", "key create write --project shop", "key list --project shop"):
    sys.argv = ["sojourn", *line.split()]
    try:
        main()
    except SystemExit as end:
        assert not end.code, line
heavy = {"alembic", "duckdb", "httpx", "litestar", "numba", "pandas", "pyarrow"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
"""


def test_what_needs_no_events_loads_nothing_that_reads_them(shop: Path) -> None:
    environment = {**os.environ, "SOJOURN_DATA": str(shop)}
    done = subprocess.run(
        [sys.executable, "-c", LIGHT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "/login/" in done.stdout
