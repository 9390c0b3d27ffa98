"""Vendors: their own terms, and whether they still exist."""

from __future__ import annotations

from datetime import date

import pytest

from sojourn.policy.facts.vendors import VENDORS, vendor_of
from tests.policy.checking import changed, codes, findings, place
from tests.policy.test_recipients import FULL, with_recipient

ANALYTICS = f"vendor: google_analytics, {FULL}"
IDENTIFYING = changed("[logs]", "[logs, identification]", changed("[analytics]", "[service]", FULL))


@pytest.mark.clause("S2-19")
def test_google_analytics_is_sent_nobody_in_the_clear() -> None:
    assert codes(with_recipient(ANALYTICS)) == []
    text = with_recipient(f"vendor: google_analytics, {IDENTIFYING}")
    line, column = place(text, "[logs, identification]")
    (only,) = findings(text)
    assert (only.code, only.line, only.column) == ("P411", line, column + len("[logs, "))
    assert "S2-19" in only.clauses
    assert "Google forbids" in only.what


def test_a_pseudonym_mends_it_unless_a_field_is_listed() -> None:
    assert (
        codes(with_recipient(f"vendor: google_analytics, pseudonymous: true, {IDENTIFYING}")) == []
    )
    listed = f"vendor: google_analytics, pseudonymous: true, fields: [url, email], {IDENTIFYING}"
    text = with_recipient(listed)
    line, column = place(text, "[url, email]")
    assert codes(text) == [("P411", line, column + len("[url, "))]


def test_a_reduced_field_says_nobody() -> None:
    listed = f"vendor: google_analytics, fields: [email], {IDENTIFYING}"
    email = "email: {category: identification, purposes: [service, newsletter]"
    for reduce in ("keyed_hash", "{keyed_hash: true}"):
        text = changed(email, f"{email}, reduce: {reduce}")
        assert codes(with_recipient(listed, text)) == []


def test_an_entry_called_like_a_vendor_is_that_vendor() -> None:
    text = with_recipient(IDENTIFYING).replace("  new: {", "  google_tag_manager: {")
    assert [code for code, _, _ in codes(text)] == ["P411"]
    other = text.replace("google_tag_manager: {", "google_tag_manager: {vendor: sendgrid, ")
    assert [code for code, _, _ in codes(other)] == ["P411"]


@pytest.mark.clause("S2-19")
@pytest.mark.parametrize(
    "said",
    ["Google Analytics 4", "Google Analytics", "google-analytics", "GOOGLE  analytics v4.1"],
)
def test_a_vendor_is_known_by_its_name_whichever_field_says_it(said: str) -> None:
    text = with_recipient(IDENTIFYING)
    key = said.replace(" ", "-")
    for named in (
        text.replace("name: New SAS", f"name: {said}"),
        text.replace("  new: {", f"  new: {{vendor: {said}, "),
        text.replace("  new: {", f"  new: {{connector: {said}, "),
        text.replace("  new: {", f"  {key}: {{"),
    ):
        assert named != text
        assert [code for code, _, _ in codes(named)] == ["P411"], named


@pytest.mark.parametrize("said", ["Analytics", "Google", "Google Analytics Consulting", "4", ""])
def test_what_is_not_called_like_a_vendor_is_none(said: str) -> None:
    assert vendor_of(said) is None


def test_each_vendor_has_a_name_of_its_own() -> None:
    for key, vendor in VENDORS.items():
        assert vendor_of(key) is vendor_of(vendor.name) is vendor


@pytest.mark.clause("S2-08")
def test_github_is_given_no_personal_data() -> None:
    text = with_recipient(f"connector: github, {FULL}")
    (only,) = findings(text)
    line, column = place(text, "[logs], purposes: [analytics], agreement: {signed")
    assert (only.code, only.line, only.column) == ("P411", line, column + 1)


@pytest.mark.clause("S2-10")
def test_a_closed_vendor_is_told_until_it_has_an_end() -> None:
    text = with_recipient(f"vendor: june, {FULL}")
    assert codes(text) == [("P412", *place(text, "new: {"))]
    assert "P412" not in [code for code, _, _ in codes(text, at=date(2025, 12, 31))]
    later = with_recipient(f'vendor: june, until: "2027-01-01", {FULL}')
    assert [code for code, _, _ in codes(later)] == ["P412"]
    ended = with_recipient(f'vendor: june, until: "2025-08-31", {FULL}')
    assert [code for code, _, _ in codes(ended)] == ["P409"]


def test_an_unknown_vendor_is_answered_with_the_nearest() -> None:
    (only,) = findings(with_recipient(f"vendor: google_analitics, {FULL}"))
    assert (only.code, only.level, only.mend) == (
        "P413",
        "note",
        "Did you mean “google_analytics”?",
    )


def test_what_is_refused_has_its_reason() -> None:
    assert all(bool(vendor.because) == bool(vendor.refuses) for vendor in VENDORS.values())
