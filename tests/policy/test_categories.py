"""What categories mean, and what each is for."""

from __future__ import annotations

import pytest

from sojourn.policy.facts.fideslang import CATEGORIES, SUBJECTS, TOO_BROAD, USES
from tests.policy.checking import GOOD, changed, codes, findings, place

LOGS = "means: [user.behavior, user.telemetry]"


def test_a_good_policy_has_nothing_to_find() -> None:
    assert codes(GOOD) == []


def test_taxonomy_is_whole() -> None:
    assert (len(CATEGORIES), len(USES), len(SUBJECTS)) == (85, 56, 15)
    assert {"essential", "marketing", "analytics", "collect"} < TOO_BROAD < USES
    for key in CATEGORIES | USES:
        assert "." not in key or key.rpartition(".")[0] in CATEGORIES | USES


@pytest.mark.clause("S1-11", "S2-01")
@pytest.mark.parametrize(
    ("code", "old", "new", "at"),
    [
        ("P101", LOGS, "means: [user.behaviour, user.telemetry]", "user.behaviour"),
        ("P102", f"    {LOGS}\n", "", "logs:\n    also"),
        (
            "P104",
            "means: [user.device.ip_address]",
            "means: [user.device, user.name]",
            "means: [user.device, ",
        ),
        ("P105", LOGS, "means: [user.content.private]", "analytics, openings]\n"),
        (
            "P110",
            "[user.device.ip_address]\n    identifying: true",
            "[user.device.ip_address]",
            "network:\n    means",
        ),
        ("P110", "[user.payment]\n    identifying: true", "[user.contact]", "billing:\n    means"),
        ("P111", LOGS, f"{LOGS}\n    contains_personal_data: false", "contains_personal"),
    ],
)
def test_meaning(code: str, old: str, new: str, at: str) -> None:
    text = changed(old, new)
    assert (code, *place(text, at)) in codes(text)


def test_unknown_meaning_is_answered_with_the_nearest() -> None:
    text = changed(LOGS, "means: [user.behaviour, user.telemetry]")
    (only,) = findings(text)
    assert only.mend == "Did you mean “user.behavior”?"


def test_what_is_about_nobody_needs_no_meaning_and_no_purpose() -> None:
    code = "  code: {contains_personal_data: false}\n  billing:\n    means"
    text = changed("  billing:\n    means", code)
    used = changed("categories: [logs]", "categories: [logs, code]", text)
    assert codes(used) == []


@pytest.mark.clause("S2-03")
def test_free_text_is_kept_out_of_analytics_wherever_it_is_said() -> None:
    content = "  content: {means: [user.content], purposes: [service]}\n  billing:\n    means"
    text = changed("  billing:\n    means", content)
    text = changed("  logs: {keep: 25", "  content: {keep: 1 year}\n  logs: {keep: 25", text)
    said = "  message: {category: content, purposes: [service, analytics]}\n  email: {"
    told = changed("  email: {", said, text)
    line, _ = place(told, "message:")
    column = 1 + len("  message: {category: content, purposes: [service, ")
    assert codes(told) == [("P105", line, column), ("P305", line, column)]


def test_what_is_of_a_category_can_say_what_it_is_for() -> None:
    text = changed("    purposes: [service, analytics, openings]\n", "")
    assert codes(changed("events: accept", "events: refuse", text)) == []


def test_category_for_nothing_is_told() -> None:
    support = "  support: {means: [user.social]}\n  billing:\n    means"
    text = changed("  billing:\n    means", support)
    text = changed("  logs: {keep: 25", "  support: {keep: 1 year}\n  logs: {keep: 25", text)
    unused = place(text, "support: {means")
    assert codes(text) == [("P103", *unused)]
    used = changed("  as: logs", "  as: support", text)
    assert codes(used) == [("P106", *unused), ("P310", *place(used, "events: accept"))]


def test_category_missed_by_its_name_is_not_unused_as_well() -> None:
    text = GOOD.replace("category: billing", "category: billings")
    text = changed("categories: [billing], until", "categories: [logs], until", text)
    assert {code for code, _, _ in codes(text)} == {"P010"}


def test_unused_category_is_told() -> None:
    text = changed(
        "billing, purposes: [invoices]}\n\nevents", "logs, purposes: [service]}\n\nevents"
    )
    text = changed(
        "category: billing, purposes: [invoices], properties",
        "purposes: [service], properties",
        text,
    )
    assert ("P103", *place(text, "billing:\n    means")) in codes(text)
