"""Consent is an act of the person."""

from __future__ import annotations

import msgspec
import pytest

from sojourn.event import Signals
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.pipeline import run
from tests.opened import NOON_MS, event
from tests.policy.checking import GOOD, changed, codes, findings, found, place
from tests.ruled import rules

OPENINGS = "openings: {use: analytics.reporting.campaign_insights, basis: consent,"
GUARDED = changed("below: refuse", "below: guardian")
RULES = rules(GOOD)


@pytest.mark.clause("S1-01")
@pytest.mark.parametrize("by", ["continued_use", "pre_ticked"])
def test_what_is_implied_is_no_consent(by: str) -> None:
    found("P230", "by: act", f"by: {by}", f"by: {by}")
    # There is nothing to renew in it either.
    found("P230", "{by: act, refuse: as_easy, renew: 6 months}", f"{{by: {by}}}", f"by: {by}")


def test_refusing_is_as_easy_as_accepting() -> None:
    found("P231", "refuse: as_easy", "refuse: harder", "refuse: harder")


def test_consent_is_asked_for_again() -> None:
    found("P232", ", renew: 6 months", "", "consent: {by")
    assert codes(changed("consent: {by: act, refuse: as_easy, renew: 6 months}\n", "")) == [
        ("P232", 1, 1)
    ]


def test_without_consent_nothing_is_renewed() -> None:
    text = "sojourn: 1\npurposes:\n  service: {use: essential.service, basis: contract}\n"
    assert "P232" not in {code for code, _, _ in codes(text)}


@pytest.mark.clause("S2-14")
@pytest.mark.parametrize("granter", ["admin", "manager", "employer"])
def test_nobody_consents_for_somebody_else(granter: str) -> None:
    new = f"{OPENINGS} granted_by: {granter},"
    found("P206", OPENINGS, new, "granted_by")
    unsaid = new.replace("basis: consent, ", "")
    assert {"P201", "P206"} <= {code for code, _, _ in codes(changed(OPENINGS, unsaid))}
    (only,) = findings(changed(OPENINGS, new))
    assert "S2-14" in only.clauses


def test_who_decides_without_consent_is_no_granter() -> None:
    old = "service: {use: essential.service, basis: contract,"
    assert codes(changed(old, f"{old} granted_by: admin,")) == []


@pytest.mark.clause("S1-36")
def test_guardian_consents_for_those_who_are_too_young() -> None:
    new = f"{OPENINGS} granted_by: guardian,"
    found("P207", OPENINGS, new, "granted_by")
    assert codes(changed(OPENINGS, new, GUARDED)) == codes(GUARDED)


@pytest.mark.clause("S1-20")
@pytest.mark.parametrize(
    "name", ["Email Opened", "email_open", "EmailOpened", "Opened E-Mail", "Newsletter mail opens"]
)
def test_opening_a_mail_is_tracked_with_consent_only(name: str) -> None:
    text = changed(
        "Email Opened: {category: logs, purposes: [openings]}",
        f"{name}: {{category: logs, purposes: [openings, analytics, service]}}",
    )
    line, column = place(text, f"  {name}: {{")
    column += len(f"  {name}: {{category: logs, purposes: [openings, ")
    assert codes(text) == [("P216", line, column), ("P216", line, column + len("analytics, "))]


@pytest.mark.clause("S1-20")
def test_an_opened_mail_is_not_kept_until_the_person_agreed() -> None:
    def masks(**consent: bool) -> list[int]:
        signals = Signals(country="FR", consent=consent)
        opened = msgspec.structs.replace(event("Email Opened", user="u"), signals=signals)
        return [one.purposes for one in run([opened], Arrival(NOON_MS, RULES)).kept]

    assert masks() == masks(analytics=True) == []
    assert masks(openings=True) == [RULES.bits["openings"]]


def test_opening_anything_else_is_no_such_thing() -> None:
    text = changed("Order Completed:", "Mailbox Opener Chosen:")
    assert codes(text) == []
    assert codes(changed("Order Completed:", "Email Reopened:")) == []
    assert codes(changed("Order Completed:", "Document Opened:")) == []
