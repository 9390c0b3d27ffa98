"""`sojourn schema`: what it lists, what it says of names, and a plan that goes out and in again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

ROWS = ["u1,2026-01-01T00:00:00Z,cart,3", "u1,2026-01-02T00:00:00Z,paid,4"]


@pytest.fixture
def shop(shell: Shell, tmp_path: Path) -> Shell:
    """A shell whose data folder has a project `shop` with two events."""
    (tmp_path / "some.csv").write_text("\n".join(["user,time,event,total", *ROWS]))
    assert shell("import", tmp_path / "some.csv", "--project", "shop").status == 0

    def schema(*arguments: str | Path, stdin: str = "") -> object:
        return shell("schema", *arguments, "--project", "shop", stdin=stdin)

    return schema  # type: ignore[return-value]


def test_names_are_listed_with_their_counts(shop: Shell) -> None:
    assert shop("set", "event", "paid", "--title", "Paid a bill").status == 0
    listed = shop("show").out
    rows = {line.split()[1]: line for line in listed.splitlines() if len(line.split()) > 5}
    assert "Paid a bill" in rows["paid"]
    assert "2026-01-02" in rows["paid"]
    assert "number" in rows["total"]
    assert "paid" not in shop("show", "property").out
    one = json.loads(shop("show", "event", "cart").out)
    assert (one["events"], one["properties"]) == (1, [{"name": "total", "events": 1}])
    assert shop("show", "property", "nothing").status == 1


def test_what_is_said_adds_up(shop: Shell) -> None:
    shop("set", "event", "paid", "--title", "Paid", "--icon", "receipt")
    shop("set", "event", "paid", "--sentence", "{person} paid {total}")
    shop("plan", "event", "paid")
    ran = shop("archive", "event", "paid")
    said = {"title": "Paid", "icon": "receipt", "sentence": "{person} paid {total}"}
    assert json.loads(ran.out) == {**said, "planned": True, "archived": True}
    assert "paid" not in shop("show", "event").out
    assert "paid" in shop("show", "event", "--archived").out
    shop("plan", "event", "paid", "--lift")
    assert json.loads(shop("restore", "event", "paid").out) == said


def test_blocks_and_planned_types(shop: Shell) -> None:
    assert json.loads(shop("block", "property", "total").out) == {"blocked": True}
    assert json.loads(shop("block", "property", "total", "--lift").out) == {}
    planned = shop("plan", "property", "total", "--type", "number")
    assert json.loads(planned.out) == {"planned": "number"}
    assert shop("plan", "property", "total").status == 1
    assert shop("plan", "event", "paid", "--type", "text").status == 1
    assert json.loads(shop("plan", "property", "total", "--lift").out) == {}


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_a_plan_goes_out_and_in_again(shop: Shell, format: str, tmp_path: Path) -> None:
    shop("set", "event", "paid", "--title", "Bezahlt: ü", "--icon", "receipt")
    shop("plan", "property", "total", "--type", "number")
    shop("block", "event", "spam")
    exported = shop("export", "--format", format).out
    (tmp_path / "plan").write_text(exported)
    shop("set", "event", "paid", "--title", "Other")
    shop("block", "event", "spam", "--lift")
    ran = shop("import", tmp_path / "plan")
    assert ran.out.startswith("2 events and 1 properties"), ran.err
    assert shop("export", "--format", format).out == exported
    assert shop("import", "-", stdin=exported).status == 0


@pytest.mark.parametrize("text", ["events: [paid]", "event: {}", "a: b: c", "events: {a: {x: 1}}"])
def test_what_is_no_plan_changes_nothing(shop: Shell, text: str) -> None:
    before = shop("export").out
    ran = shop("import", "-", stdin=text)
    assert (ran.status, "no tracking plan" in ran.err) == (1, True), ran.err
    assert shop("export").out == before


def test_what_cannot_be_said_is_told(shop: Shell) -> None:
    assert "unicorn" in shop("set", "event", "paid", "--icon", "unicorn").err
    assert shop("set", "property", "total", "--sentence", "x").status == 1
    assert shop("import", "/nowhere.yaml").status == 1
