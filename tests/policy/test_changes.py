"""Changes: a version that is a day, notice of the next, and copies."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, findings, found

VERSION = 'version: "2026-11-01"\n'


@pytest.mark.clause("S1-41")
@pytest.mark.parametrize("said", ["latest", "2026-13-01", "20261101", "3"])
def test_a_version_is_a_day(said: str) -> None:
    found("P650", VERSION, f"version: v{said}\n", f"v{said}")
    text = changed(VERSION, f"version: {said}\n")
    assert [one.code for one in findings(text)] == ["P650"]


@pytest.mark.clause("S1-40", "S1-41")
@pytest.mark.parametrize(
    ("code", "old"),
    [
        ("P650", VERSION),
        ("P651", "changes: {notice: 30 days}\n"),
        ("P652", "copies: {exports: 30 days}\n"),
    ],
)
def test_what_is_not_said_is_told(code: str, old: str) -> None:
    (only,) = findings(changed(old, ""))
    assert only.code == code
