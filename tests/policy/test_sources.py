"""Data from elsewhere are told of in time, and are no more than the source may give."""

from __future__ import annotations

from datetime import date

import pytest

from tests.policy.checking import changed, codes, found, place

PARTNER = "partner: {name: Partner SARL, gives: [company], notice_within: 1 month}"


@pytest.mark.clause("S2-15")
def test_people_are_told_within_a_month() -> None:
    found("P240", ", notice_within: 1 month", "", "partner: {name")
    found("P002", "notice_within: 1 month", "notice_within: soon", "soon")


@pytest.mark.parametrize("late", ["2 months", "5 weeks", "32 days", "1 year"])
def test_later_is_too_late(late: str) -> None:
    found("P241", "notice_within: 1 month", f"notice_within: {late}", "notice_within")


@pytest.mark.parametrize("soon", ["1 month", "4 weeks", "30 days", "31 days", "20 business days"])
def test_sooner_is_soon_enough(soon: str) -> None:
    assert codes(changed("notice_within: 1 month", f"notice_within: {soon}")) == []


@pytest.mark.clause("S1-10")
@pytest.mark.parametrize("vendor", ["linkedin", "linkedin_login"])
def test_source_gives_no_more_than_it_may(vendor: str) -> None:
    new = PARTNER.replace("[company]", "[email, company, name]")
    text = changed(PARTNER, new.replace("{name", f"{{vendor: {vendor}, name"))
    line, _ = place(text, "  partner: {vendor")
    column = text.split("\n")[line - 1].index("company") + 1
    assert codes(text) == [("P242", line, column)]
    # Until August 2023 it gave more to some.
    assert "P242" not in {code for code, _, _ in codes(text, date(2020, 1, 27))}


@pytest.mark.clause("S1-10")
def test_a_property_comes_from_a_source_that_gives_it() -> None:
    new = "email: {category: identification, purposes: [service, newsletter], source: partner}"
    found("P243", new.replace(", source: partner", ""), new, "partner}\n  name")
