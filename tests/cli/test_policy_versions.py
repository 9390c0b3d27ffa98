"""`sojourn policy diff`, `publish`, `history`, `presets`, `suggest`, and projects on a preset."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sojourn.policy import versions
from tests.cli.conftest import Shell
from tests.policy.checking import GOOD, changed

WIDE = changed("logs: {keep: 25 months", "logs: {keep: 26 months")
NARROW = changed("logs: {keep: 25 months", "logs: {keep: 24 months")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three policies, in which commands run."""
    for name, text in (("good", GOOD), ("wide", WIDE), ("narrow", NARROW)):
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_difference_is_told_with_where_what_and_clauses(shell: Shell, files: Path) -> None:
    ran = shell("policy", "diff", "good.yaml", "wide.yaml")
    assert ran.status == 0
    (row,) = [line for line in ran.out.splitlines() if "retention.logs" in line]
    assert "widens" in row
    assert "“logs” is kept 26 months; before 25 months." in row
    assert "S1-41" in row
    assert "Consent is asked for again: analytics, openings." in ran.out
    back = shell("policy", "diff", "wide.yaml", "-", stdin=GOOD)
    assert "widens" not in back.out
    assert "retention.logs" in back.out
    assert "Nothing changes" in shell("policy", "diff", "good.yaml", "good.yaml").out


def test_a_difference_as_json_has_all_its_fields(shell: Shell, files: Path) -> None:
    told = json.loads(shell("policy", "diff", "good.yaml", "wide.yaml", "--format", "json").out)
    (change,) = told["changes"]
    assert change == {
        "path": "retention.logs",
        "what": "“logs” is kept 26 months; before 25 months.",
        "material": True,
        "widens": True,
        "clauses": ["S1-41", "S1-27", "GDPR 13(2)(a)"],
        "purposes": ["service", "analytics", "openings"],
    }
    assert told["asks_again"] == ["analytics", "openings"]


def test_a_text_that_cannot_be_understood_is_not_compared(shell: Shell, files: Path) -> None:
    ran = shell("policy", "diff", "good.yaml", "-", stdin="sojourn: [")
    assert ran.status == 1
    assert "The policy cannot be understood" in ran.err
    # One that only may not run can be.
    fallen = changed("mechanism: scc_2021_914\n", "mechanism: privacy_shield\n")
    assert shell("policy", "diff", "good.yaml", "-", stdin=fallen).status == 0


def test_a_difference_is_counted_on_what_is_stored(shell: Shell, files: Path) -> None:
    now = datetime.now(UTC)
    rows = [f"u{n % 2},{(now - timedelta(hours=n + 1)).isoformat()},Clicked" for n in range(3)]
    (files / "some.csv").write_text("\n".join(["user,time,event", *rows]))
    assert shell("import", "some.csv", "--project", "shop").status == 0
    start = versions.preset(versions.PRESET)
    (files / "start.yaml").write_text(start)
    closed = start.replace("events: accept", "events: refuse")
    asked = ("policy", "diff", "start.yaml", "-", "--project", "shop", "--days", "2")
    told = json.loads(shell(*asked, "--format", "json", stdin=closed).out)
    assert told["days"] == 2
    assert told["consequences"] == [
        {"kind": "refused", "of": "", "events": 3, "people": 2},
        {"kind": "refused", "of": "Clicked", "events": 3, "people": 2},
    ]
    table = shell(*asked, stdin=closed).out
    assert "Of the events of the last 2 days" in table
    assert [line.split()[-4:-1:2] for line in table.splitlines() if "Clicked" in line] == [
        ["3", "2"]
    ]
    longer = start.replace("activity: {keep: 25 months}", "activity: {keep: 30 months}")
    assert "kept longer" in shell(*asked, stdin=longer).out
    same = shell(*asked, stdin=start).out
    assert "Nothing would have become" in same
    assert shell(*asked[:-1], "0", stdin=start).status == 2


def test_publishing_waits_for_notice_and_is_in_the_history(shell: Shell, files: Path) -> None:
    assert shell("project", "create", "shop").status == 0
    ran = shell("policy", "publish", "good.yaml", "--project", "shop")
    assert ran.status == 0, ran.err
    assert "Version 2 of “shop” is published" in ran.out
    again = shell("policy", "publish", "good.yaml", "--project", "shop")
    assert (again.status, "nothing has changed" in again.out) == (0, True)
    refused = shell("policy", "publish", "wide.yaml", "--project", "shop")
    assert refused.status == 1
    today = datetime.now(UTC).date()
    earliest = today + timedelta(days=30)
    assert "widens" in refused.err
    assert "30 days" in refused.err
    begin = earliest + timedelta(days=2)
    ran = shell("policy", "publish", "wide.yaml", "--project", "shop", "--from", begin.isoformat())
    assert ran.status == 0, ran.err
    assert f"holds from {begin} on" in ran.out
    told = json.loads(shell("policy", "history", "--project", "shop", "--format", "json").out)
    assert [one["number"] for one in told] == [1, 2, 3]
    assert told[0]["by"] == "preset customer-journey"
    assert told[1]["by"].endswith("at the command line")
    assert told[2]["asks_again"] == ["analytics", "openings"]
    assert date.fromisoformat(told[2]["effective"][:10]) == begin
    table = shell("policy", "history", "--project", "shop").out
    (now,) = [line for line in table.splitlines() if "▸" in line]
    assert told[1]["hash"][:12] in now
    assert "the beginning" in table
    # In 80 columns, which is what there is without a terminal, nothing is cut.
    assert "…" not in table
    for one in told:
        (row,) = [line for line in table.splitlines() if one["hash"][:12] in line]
        assert one["version"] in row
        assert f"{today} by" in row
    assert "asks again: analytics," in " ".join(table.replace("│", " ").split())
    shell("policy", "publish", "narrow.yaml", "--project", "shop")
    withdrawn = shell("policy", "history", "--project", "shop").out
    (row,) = [line for line in withdrawn.splitlines() if told[2]["hash"][:12] in line]
    assert "withdrawn" in row


def test_a_policy_with_errors_is_not_published(shell: Shell, files: Path) -> None:
    shell("project", "create", "shop")
    ran = shell("policy", "publish", "-", "--project", "shop", stdin="sojourn: 1\n")
    assert ran.status == 1
    assert "The policy does not compile" in ran.err
    told = json.loads(shell("policy", "history", "--project", "shop", "--format", "json").out)
    assert len(told) == 1


def test_presets_are_listed_and_a_project_begins_with_one(shell: Shell) -> None:
    listed = shell("policy", "presets").out
    for name, text in versions.presets().items():
        (row,) = [line for line in listed.splitlines() if f" {name} " in line]
        assert versions.idea(text) in row
    made = shell("project", "create", "wiki", "--preset", "internal-tool")
    assert made.status == 0
    told = json.loads(shell("policy", "history", "--project", "wiki", "--format", "json").out)
    assert told[0]["by"] == "preset internal-tool"
    unknown = shell("project", "create", "other", "--preset", "none")
    assert (unknown.status, "product-analytics" in unknown.err) == (1, True)


def test_a_project_begins_with_a_policy_of_ones_own_and_uses_up_no_preset(
    shell: Shell, files: Path
) -> None:
    popwork = Path(__file__).parents[2] / "examples/popwork/as-corrected.yaml"
    on_a_preset = ("create", "late", "--preset", "product-analytics")
    assert shell("project", *on_a_preset).status == 0
    late = shell("policy", "publish", popwork, "--project", "late")
    assert (late.status, "16 purposes in all its life" in late.err) == (1, True)
    made = shell("project", "create", "team", "--policy", popwork)
    assert made.status == 0, made.err
    (told,) = json.loads(shell("policy", "history", "--project", "team", "--format", "json").out)
    assert told["by"] == "project"
    (files / "wrong.yaml").write_text("sojourn: 1\n")
    refused = shell("project", "create", "other", "--policy", "wrong.yaml")
    assert (refused.status, "The policy does not compile" in refused.err) == (1, True)
    assert "other" not in shell("project", "list").out


def test_entries_are_proposed_for_what_arrived(shell: Shell, files: Path) -> None:
    rows = ["user,time,event,plan,last_name", "u1,2026-01-01T00:00:00Z,Clicked,pro,Doe"]
    (files / "some.csv").write_text("\n".join(rows))
    assert shell("import", "some.csv", "--project", "shop").status == 0
    ran = shell("policy", "suggest", "--project", "shop")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert "  Clicked: {category: activity, purposes: [service, analytics]}" in lines
    assert "  plan: {category: activity}" in lines
