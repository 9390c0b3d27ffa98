"""Every category has an end, and backups have one."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, found


@pytest.mark.clause("S1-27")
def test_every_category_says_how_long_it_is_kept() -> None:
    found("P107", "  network: {keep: 6 months}\n", "", "network:\n")


@pytest.mark.clause("S1-27")
def test_an_event_alone_is_no_end() -> None:
    found(
        "P108",
        "{keep: 30 days, after: account_closed}",
        "{after: account_closed}",
        "identification: {after",
    )
    found("P108", "network: {keep: 6 months}", "network:", "network:\n  logs")


def test_a_law_or_an_end_for_each_purpose_is_one() -> None:
    assert codes(changed("{keep: 10 years, after: invoice, law", "{law")) == []
    by_purpose = "network: {by_purpose: {security: 6 months, analytics: 6 months}}"
    assert codes(changed("network: {keep: 6 months}", by_purpose)) == []


@pytest.mark.clause("S1-28")
def test_backups_have_a_greatest_age() -> None:
    assert codes(changed("backups: {keep: 30 days}\n", "")) == [("P109", 1, 1)]
