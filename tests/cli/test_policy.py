"""`sojourn policy`: findings as lines, JSON and SARIF, the exit status, and the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sojourn.policy import compile as compiling
from sojourn.policy.model import Policy
from tests.cli.conftest import Shell
from tests.policy.checking import GOOD, changed

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
AT = ("--at", "2026-11-22")
WRONG = changed("backups: {keep: 30 days}\n", "backups: {keep: a while}\n")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A policy with errors at `backups`, and nowhere else."""
    file = tmp_path / "policy.yaml"
    file.write_text(WRONG)
    return file


def test_a_finding_is_a_line_with_place_level_code_and_what_to_do(
    shell: Shell, wrong: Path
) -> None:
    ran = shell("policy", "check", wrong, *AT)
    assert ran.status == 1
    (value, *_) = [line for line in ran.out.splitlines() if "P002" in line]
    line = WRONG[: WRONG.index("a while")].count("\n") + 1
    assert value.startswith(f"{wrong}:{line}:17 error P002 this value cannot stand here: “a while”")
    assert value.endswith(
        "Here a duration is a number and hours, days, business days, weeks, months or years."
    )
    (missing,) = [line for line in ran.out.splitlines() if "P109" in line]
    assert f"{wrong}:{line}:1 error P109 backups have no greatest age: " in missing
    assert "(S1-28" in missing
    assert "2 errors, as of 2026-11-22" in ran.out


def test_a_policy_without_error_ends_with_status_0(shell: Shell) -> None:
    ran = shell("policy", "check", "-", *AT, stdin=GOOD)
    assert (ran.status, ran.out) == (0, "Nothing to mend, as of 2026-11-22\n")
    ran = shell("policy", "check", EXAMPLES / "popwork/as-corrected.yaml", *AT)
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "1 note, as of 2026-11-22")


def test_a_warning_alone_ends_with_status_0(shell: Shell) -> None:
    text = changed("use: analytics.reporting\n", "use: analytics\n")
    ran = shell("policy", "check", "-", *AT, stdin=text)
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "1 warning, as of 2026-11-22")


def test_as_json_each_finding_has_all_its_fields(shell: Shell, wrong: Path) -> None:
    ran = shell("policy", "check", wrong, *AT, "--format", "json")
    assert ran.status == 1
    told = json.loads(ran.out)
    assert list(told) == ["file", "at", "findings", "errors", "warnings", "notes"]
    assert (told["file"], told["at"]) == (str(wrong), "2026-11-22")
    assert (told["errors"], told["warnings"], told["notes"]) == (2, 0, 0)
    assert [found["code"] for found in told["findings"]] == ["P109", "P002"]
    assert told["findings"][1]["path"] == "backups.keep"
    fields = {"line", "column", "level", "code", "title", "path", "clauses", "what", "mend"}
    assert all(set(found) == fields for found in told["findings"])


def test_as_sarif_each_code_is_a_rule_and_each_finding_a_result(shell: Shell, wrong: Path) -> None:
    ran = shell("policy", "check", wrong, *AT, "--format", "sarif")
    assert ran.status == 1
    run = _valid_run(json.loads(ran.out))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(compiling.CODES)
    assert [result["ruleId"] for result in run["results"]] == ["P109", "P002"]
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == wrong.as_uri()
    assert place["region"]["startColumn"] == 17


def test_sarif_of_a_policy_without_finding_has_no_result(shell: Shell) -> None:
    ran = shell("policy", "check", "-", *AT, "--format", "sarif", stdin=GOOD)
    run = _valid_run(json.loads(ran.out))
    assert (ran.status, run["results"]) == (0, [])


def test_sarif_names_a_relative_file_as_an_address(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my policy.yaml").write_text(WRONG)
    monkeypatch.chdir(tmp_path)
    ran = shell("policy", "check", "my policy.yaml", *AT, "--format", "sarif")
    result = _valid_run(json.loads(ran.out))["results"][0]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "my%20policy.yaml"}


def test_sarif_help_leads_to_a_section_that_is_there(shell: Shell) -> None:
    page = (ROOT / "docs/reference/findings.md").read_text()
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    ran = shell("policy", "check", "-", "--format", "sarif", stdin=GOOD)
    for rule in _valid_run(json.loads(ran.out))["tool"]["driver"]["rules"]:
        name, _, anchor = rule["help"]["text"].rpartition(" ")[2].partition("#")
        assert (name, anchor in anchors) == ("docs/reference/findings.md", True), rule


def _valid_run(log: dict[str, Any]) -> Any:
    """The run of a log that has what SARIF 2.1.0 demands (3.13, 3.14, 3.19, 3.27, 3.30, 3.49)."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].startswith("https://")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"])
    for result in run["results"]:
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert " " not in physical["artifactLocation"]["uri"]
        assert physical["region"]["startLine"] >= 1
        assert physical["region"]["startColumn"] >= 1
    return run


def test_the_day_decides(shell: Shell) -> None:
    file = EXAMPLES / "woopra/as-written.yaml"
    before = shell("policy", "check", file, "--at", "2020-01-27").out
    after = shell("policy", "check", file, "--at", "2020-08-01").out
    assert "P422" not in before
    assert "P422 a transfer mechanism is not valid on this day" in after


def test_the_page_on_writing_a_policy_shows_what_is_printed(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/how-to/policy.md").read_text()
    policy, shown, *_ = re.findall(r"```(?:yaml)?\n(.*?)```", page, re.DOTALL)
    (tmp_path / "policy.yaml").write_text(policy)
    monkeypatch.chdir(tmp_path)
    assert shown.splitlines()[1] in shell("policy", "check", "policy.yaml").out.splitlines()


def test_the_day_is_a_date(shell: Shell) -> None:
    ran = shell("policy", "check", "-", "--at", "soon", stdin=GOOD)
    assert ran.status == 2
    assert "--at" in ran.err


@pytest.mark.parametrize(
    ("arguments", "content", "words"),
    [
        (["missing.yaml"], None, ["missing.yaml", "No such file", "- for standard input"]),
        (["."], None, ["Is a directory"]),
        (["latin.yaml"], "é".encode("latin-1"), ["Byte 1 is no UTF-8", "Save the file"]),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_that_helps(
    shell: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    content: bytes | None,
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(arguments[0]).write_bytes(content)
    ran = shell("policy", "check", *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert all(word in ran.err for word in ["The policy cannot be read", *words]), ran.err


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("missing.yaml", None, "The policy cannot be read: No such file or directory."),
        ("latin.yaml", b"\xe9", "The policy cannot be read: Byte 1 is no UTF-8."),
    ],
)
def test_who_asks_for_a_document_gets_one_of_a_file_that_cannot_be_read(
    shell: Shell, tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    ran = shell("policy", "check", file, *AT, "--format", "json")
    document = json.loads(ran.out)
    assert (ran.status, document["file"], document["errors"]) == (1, str(file), 1)
    (only,) = document["findings"]
    assert (only["code"], only["level"], only["what"]) == ("P001", "error", told)
    assert only["mend"]
    ran = shell("policy", "check", file, *AT, "--format", "sarif")
    (result,) = _valid_run(json.loads(ran.out))["results"]
    assert (ran.status, result["ruleId"]) == (1, "P001")


def test_the_schema_knows_every_key_of_a_policy(shell: Shell) -> None:
    ran = shell("policy", "schema")
    told = json.loads(ran.out)
    assert (ran.status, told["$ref"]) == (0, "#/$defs/Policy")
    policy = told["$defs"]["Policy"]
    assert set(policy["properties"]) == set(Policy.__struct_fields__)
    assert policy["additionalProperties"] is False
    for part in told["$defs"].values():
        for paragraph in part["description"].split("\n\n"):
            assert paragraph == " ".join(paragraph.split())
    assert "\n\n" in told["$defs"]["Transfer"]["description"]
