"""`sojourn policy show` and `import`: documents on standard output, and drafts from a manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.policy.checking import GOOD, changed

AT = ("--at", "2026-11-22")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A policy with nothing to find."""
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD)
    return file


def test_without_more_it_is_the_notice(shell: Shell, good: Path) -> None:
    ran = shell("policy", "show", good, *AT)
    assert ran.status == 0
    assert ran.out.startswith("<!doctype html>")
    assert "<h1>Privacy notice</h1>" in ran.out
    assert ran.out.endswith("</html>\n")


def test_documents_come_in_their_own_format_or_in_the_one_asked_for(
    shell: Shell, good: Path
) -> None:
    assert json.loads(shell("policy", "show", good, "--document", "gpc", *AT).out)["gpc"] is True
    record = shell("policy", "show", good, "--document", "record", "--format", "jsonld", *AT)
    assert json.loads(record.out)["@type"] == "dpv:RecordsOfActivities"
    wrong = shell("policy", "show", good, "--document", "gpc", "--format", "html", *AT)
    assert wrong.status == 1
    assert "There are json." in wrong.err


def test_what_does_not_compile_is_not_shown(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(changed("backups: {keep: 30 days}\n", ""))
    ran = shell("policy", "show", file, *AT)
    assert ran.status == 1
    assert ran.out == ""
    assert "The policy does not compile" in ran.err


def test_a_manifest_becomes_a_draft_that_is_a_policy(
    shell: Shell, good: Path, tmp_path: Path
) -> None:
    manifest = tmp_path / "fides.yaml"
    manifest.write_text(shell("policy", "show", good, "--document", "fides", *AT).out)
    ran = shell("policy", "import", manifest)
    assert ran.status == 0
    assert "draft: true" in ran.out
    written = tmp_path / "draft.yaml"
    written.write_text(ran.out)
    findings = json.loads(shell("policy", "check", written, "--format", "json", *AT).out)
    assert not any(one["code"].startswith("P0") for one in findings["findings"])
    manifest.write_text("[]")
    assert shell("policy", "import", manifest).status == 1
