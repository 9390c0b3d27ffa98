"""The second example as corrected, running: what is collected of each row of its first table, and
what each system of its second table is given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from sojourn.event import PropertyValue, Signals
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.pipeline import Outcome, run
from sojourn.policy.sending import Happened, Known, Payload, Refused, payload
from tests.opened import NOON_MS, event
from tests.policy.expected import compiled
from tests.ruled import country_of, rules

CORRECTED = compiled("popwork", "as-corrected")
RULES = rules(CORRECTED.text)
DAY = date(2026, 11, 22)
CARD = "4111 1111 1111 1111"
VALUES: dict[str, PropertyValue] = {
    "email": "ann@b.example",
    "name": "Ann",
    "ip": "1.2.3.0",
    "page": "/home",
    "referrer": "/",
    "error": "E1",
    "answer": "well",
    "company": "B",
    "amount": 9.0,
}


def collected(name: str, given: dict[str, Any], *, consent: bool = False) -> Outcome:
    """What is kept of an event of somebody in France."""
    signals = Signals(country="FR", consent={"statistics": consent})
    happened = msgspec.structs.replace(event(name, user="u7"), properties=given, signals=signals)
    return run([happened], Arrival(NOON_MS, RULES, country_of=country_of))


def names_of(mask: int) -> set[str]:
    return {name for name, bit in RULES.bits.items() if mask & bit}


def sent(
    recipient: str, purpose: str, *, stopped: bool = False, subject: str = "", named: str = ""
) -> Payload | Refused:
    """What a recipient is given of a person, or of an event of that name, lawful for everything."""
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return payload(
        RULES,
        recipient,
        purpose,
        Known(7, VALUES, frozenset(("u7", "ann@b.example")), subject),
        DAY,
        event=Happened(named, noon, VALUES, RULES.bits[purpose]) if named else None,
        pseudonym=lambda who: f"{recipient}-{who}",
        stopped=lambda purpose, category: stopped,
    )


@pytest.mark.clause("S2-01", "S2-02", "S2-03", "S2-04", "S2-05", "S2-12")
def test_rows_are_what_they_say_in_the_taxonomy_each_use_on_a_basis_of_its_own() -> None:
    policy = CORRECTED.policy

    def row(category: str, purpose: str) -> tuple[set[str], object, object]:
        used = policy.purposes[purpose]
        assert purpose in policy.categories[category].purposes
        return set(policy.categories[category].means), used.use, used.basis

    names, code = {"user.contact.email", "user.name"}, "essential.service"
    assert row("identification", "service") == (names, code, "legitimate_interests")
    assert row("identification", "login") == (names, f"{code}.authentication", "consent")
    logs = {"user.behavior", "user.telemetry"}
    assert row("logs", "statistics") == (logs, "analytics.reporting", "consent")
    guard = f"{code}.security"
    assert row("logs", "security") == (logs, guard, "legitimate_interests")
    address = {"user.device.ip_address"}
    assert row("network", "security") == (address, guard, "legitimate_interests")
    assert row("usage", "service") == ({"user.content"}, code, "legitimate_interests")
    bills = {"user.payment", "user.contact.organization", "user.contact.address"}
    assert row("billing_information", "payment") == (
        bills,
        f"{code}.payment_processing",
        "contract",
    )
    assert row("billing_information", "accounting")[2] == "legal_obligation"
    kept = policy.retention["billing_information"]
    assert (str(kept.keep), kept.law) == ("10 years", "Code de commerce L123-22")
    support = f"{code}.operations.support"
    assert row("support_data", "support")[:2] == ({"user.content.private"}, support)


@pytest.mark.clause("S1-08", "S1-20", "S2-01", "S2-02", "S2-03", "S2-05", "S2-12")
@pytest.mark.parametrize(
    ("name", "consent", "given", "purposes", "clear", "sealed"),
    [
        ("Page Viewed", False, ("page", "ip"), "security", {"page", "ip"}, set()),
        ("Page Viewed", True, ("page", "ip"), "security statistics", {"page", "ip"}, set()),
        ("Check-in Answered", True, ("answer", "page"), "service", {"answer"}, set()),
        ("Support Asked", True, ("email", "name"), "support", set(), {"email", "name"}),
        ("Invoice Paid", True, ("amount",), "payment accounting", set(), {"amount"}),
    ],
)
def test_what_is_collected_and_what_for(
    name: str, consent: bool, given: tuple[str, ...], purposes: str, clear: set[str],
    sealed: set[str],
) -> None:  # fmt: skip
    values = {one: VALUES[one] for one in given} | {"card": CARD, "other": "x"}
    outcome = collected(name, values, consent=consent)
    (kept,) = outcome.kept
    assert names_of(kept.purposes) == set(purposes.split())
    assert (set(kept.properties), set(kept.sealed)) == (clear, sealed)
    assert outcome.withheld["secret"] == 1


@pytest.mark.clause("S2-03")
def test_a_secret_in_what_people_write_is_not_kept() -> None:
    outcome = collected("Check-in Answered", {"answer": f"my card is {CARD}"})
    assert outcome.kept[0].properties == {}


@pytest.mark.clause("S1-23", "S2-01", "S2-10", "S2-12", "S2-16", "S2-18", "S2-19", "S2-20")
@pytest.mark.parametrize(
    ("recipient", "purpose", "subject", "fields", "by_pseudonym"),
    [
        ("sentry", "security", "employee", {"page", "error"}, True),
        ("segment", "statistics", "employee", {"page", "referrer"}, True),
        ("cloudflare", "security", "visitor", {"page", "ip"}, True),
        ("intercom", "support", "customer", {"email", "name"}, False),
        ("sendgrid", "notifications", "employee", {"email"}, False),
        ("brevo", "marketing", "prospect", {"email"}, False),
        ("google_analytics", "statistics", "visitor", {"page", "referrer"}, True),
        ("pipedrive", "sales", "prospect", {"email", "name"}, False),
    ],
)
def test_a_system_is_given_what_its_row_says(
    recipient: str, purpose: str, subject: str, fields: set[str], by_pseudonym: bool
) -> None:
    built = sent(recipient, purpose, subject=subject)
    assert isinstance(built, Payload), built
    assert set(built.fields) == fields
    assert built.pseudonym == (f"{recipient}-7" if by_pseudonym else "")


@pytest.mark.clause("S2-08", "S2-09", "S2-10", "S2-16", "S2-17", "S2-18", "S2-19", "S2-20")
@pytest.mark.parametrize(
    ("recipient", "purpose", "more", "reason"),
    [
        ("google_cloud", "hosting", {"named": "Page Viewed"}, "category"),
        ("google_cloud", "security", {"named": "Page Viewed"}, "purpose"),
        ("june", "statistics", {}, "ended"),
        ("github", "development", {}, "no_field"),
        ("sendgrid", "marketing", {}, "purpose"),
        ("stripe", "payment", {"named": "Page Viewed"}, "category"),
        ("stripe", "payment", {"named": "Check-in Answered"}, "category"),
        ("brevo", "marketing", {"stopped": True}, "stopped"),
        ("google_analytics", "statistics", {"subject": "employee"}, "subject"),
        ("pipedrive", "sales", {"subject": "customer"}, "subject"),
    ],
)
def test_a_system_is_refused_what_its_row_does_not_say(
    recipient: str, purpose: str, more: dict[str, Any], reason: str
) -> None:
    refused = sent(recipient, purpose, **more)
    assert isinstance(refused, Refused), refused
    assert refused.reason == reason
