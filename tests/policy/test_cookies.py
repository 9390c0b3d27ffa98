"""Cookies: declared, with a purpose and a lifetime."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, found, place

OWN = "- {name: sojourn_id, purpose: analytics, keep: 13 months, party: first}"


@pytest.mark.clause("S1-19")
@pytest.mark.parametrize(
    ("code", "old", "new", "at"),
    [
        ("P501", f"cookies:\n  {OWN}\n", "cookies: []\n", "cookies:"),
        ("P501", "name: sojourn_id", "name: other", "cookies:"),
        ("P502", "purpose: analytics, keep: 13 months, ", "keep: 13 months, ", "{name: sojourn_id"),
        ("P503", "keep: 13 months, ", "", "{name: sojourn_id"),
        ("P504", "keep: 13 months", "keep: 14 months", "14 months"),
        ("P504", "keep: 13 months", "keep: 60 weeks", "60 weeks"),
        ("P505", "party: first", "party: first, essential: true", "true}\n\nsignals"),
    ],
)
def test_cookie(code: str, old: str, new: str, at: str) -> None:
    found(code, old, new, at)


def test_a_nameless_cookie_is_not_the_tracker_s() -> None:
    text = changed("name: sojourn_id, ", "")
    assert codes(text) == [
        ("P501", *place(text, "cookies:")),
        ("P502", *place(text, "{purpose: analytics, keep")),
    ]


def test_what_sets_no_cookie_declares_none() -> None:
    without = changed(f"cookies:\n  {OWN}\n", "")
    assert [code for code, _, _ in codes(without)] == ["P501"]
    assert codes(changed("when: no_consent", "when: always", without)) == []
    start, end = without.index("events:\n  Page"), without.index("undeclared:")
    still = changed("  events: accept", "  events: refuse", without[:start] + without[end:])
    assert "P501" not in [code for code, _, _ in codes(still)]


def test_an_essential_cookie_for_the_service_is_one() -> None:
    own = "- {name: cart, purpose: service, keep: 2 years, essential: true}"
    assert codes(changed(OWN, f"{OWN}\n  {own}")) == []
