"""The send gate as a table: to whom, what for, which fields, on which day, and why not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert
from msgspec.structs import replace

from sojourn.policy.compile import compile as compile_policy
from sojourn.policy.model import Policy, Property, Recipient, Transfer
from sojourn.policy.recipients import recipient_rules
from sojourn.policy.rules import Rules, rules_of
from sojourn.policy.sending import Happened, Known, Payload, Refused, payload
from sojourn.policy.words import Country
from tests.ruled import rules

SHOP = """
sojourn: 1
version: "2026-01-01"
draft: true
role: controller
subjects: [visitor, person, prospect]
categories:
  names:
    means: [user.name, user.contact.email]
    identifying: true
    purposes: [service, mail, sales, analytics]
  network: {means: [user.device.ip_address], identifying: true, purposes: [security, service]}
  activity: {means: [user.behavior], purposes: [service, analytics, sales, security]}
  bills: {means: [user.payment], identifying: true, purposes: [service]}
purposes:
  service: {use: essential.service.operations, basis: contract}
  security: {use: essential.service.security, basis: legitimate_interests, assessment: LIA-1}
  analytics: {use: analytics.reporting, basis: legitimate_interests, assessment: LIA-2}
  mail: {use: marketing.communications.email, basis: consent}
  sales: {use: sales, basis: legitimate_interests, assessment: LIA-3}
properties:
  email: {category: names, purposes: [service, mail, sales]}
  city: {category: names, purposes: [service, analytics], reduce: keyed_hash}
  ip: {category: network, purposes: [security]}
  plan: {category: activity, purposes: [service, analytics]}
  note: {category: activity, purposes: [service, analytics]}
  gone: {category: activity, purposes: [service], reduce: drop}
  iban_end: {category: bills, purposes: [service]}
events:
  Ordered: {category: activity, purposes: [service, analytics], properties: [plan, note]}
  Billed: {category: bills, purposes: [service], properties: [iban_end]}
undeclared: {events: accept, properties: accept, as: activity}
identity: {purpose: service}
retention:
  names: {keep: 1 year}
  network: {keep: 1 month}
  activity: {keep: 25 months}
  bills: {keep: 10 years, law: Code de commerce L123-22}
consent: {renew: 6 months}
cookies: [{name: sojourn_id, purpose: analytics, keep: 6 months}]
signals: {gpc: honour, dnt: ignore}
age: {consent_from: {default: 16, FR: 15}}
rights: {answer_within: 1 month, stop_marketing_here: at_once}
backups: {keep: 30 days}
recipients:
  crm:
    name: Crm SARL
    country: FR
    categories: [names, activity]
    purposes: [service, sales]
    subjects: [prospect]
    agreement: {signed: "2026-01-10"}
  mailer:
    name: Mailer SARL
    country: DE
    categories: [names]
    purposes: [mail]
    agreement: {signed: "2026-01-10"}
    until: "2027-06-30"
  counter:
    name: Counter Inc.
    country: US
    categories: [activity, names]
    purposes: [analytics]
    fields: [plan, note, city]
    pseudonymous: true
    transfer: {mechanism: scc_2021_914, module: 2, signed: "2026-02-01", until: "2027-02-01",
               assessment: TIA-1}
    agreement: {signed: "2026-01-10"}
  shield:
    name: Shield SARL
    country: FR
    categories: [network, activity]
    purposes: [security, service]
    agreement: {signed: "2026-01-10"}
  listed:
    name: Listed SARL
    country: FR
    categories: [network]
    purposes: [security]
    fields: [ip]
    agreement: {signed: "2026-01-10"}
"""
DAY = date(2026, 11, 22)
RULES = rules(SHOP)
VALUES = {
    "email": "zz-ann@b.example",
    "city": "zz-c0ffee",
    "ip": "1.2.3.4",
    "plan": "zz-pro",
    "note": "zz-tea",
    "gone": "zz-left",
    "iban_end": "zz-token",
    "undeclared": "zz-other",
}
ANN = Known(7, VALUES, frozenset(("u7", "zz-ann@b.example")), "prospect")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def built(recipient: str, purpose: str, who: Known = ANN, **more: Any) -> Payload | Refused:
    """What is built where nobody has stopped anything."""
    at, own = more.pop("at", DAY), more.pop("rules", RULES)
    given = {"pseudonym": lambda who: f"{recipient}-{who}", "stopped": lambda purpose, of: False}
    return payload(own, recipient, purpose, who, at, **(given | more))


@pytest.mark.clause("S1-23", "S2-01", "S2-10")
@pytest.mark.parametrize(
    ("recipient", "purpose", "fields", "pseudonym"),
    [
        ("crm", "service", {"email", "city", "plan", "note"}, ""),
        ("crm", "sales", {"email"}, ""),
        ("mailer", "mail", {"email"}, ""),
        ("counter", "analytics", {"plan", "note", "city"}, "counter-7"),
        ("shield", "service", {"plan", "note"}, "shield-7"),  # no address: nobody listed it
        ("listed", "security", {"ip"}, ""),
    ],
)
def test_exact_fields_that_leave(
    recipient: str, purpose: str, fields: set[str], pseudonym: str
) -> None:
    sent = built(recipient, purpose)
    assert isinstance(sent, Payload)
    assert sent.fields == {name: VALUES[name] for name in fields}
    assert sent.pseudonym == pseudonym


def kind_of(subject: str) -> Known:
    return Known(7, VALUES, ANN.identifiers, subject)


@pytest.mark.clause("S1-03", "S1-13", "S1-16", "S2-16")
@pytest.mark.parametrize(
    ("recipient", "purpose", "more", "reason", "clause"),
    [
        ("nobody", "service", {}, "unknown_recipient", "S1-16"),
        ("mailer", "service", {}, "purpose", "S2-16"),
        ("mailer", "curiosity", {}, "purpose", "S1-13"),
        ("mailer", "mail", {"at": date(2027, 7, 1)}, "ended", "GDPR 28(3)(g)"),
        ("crm", "sales", {"who": kind_of("visitor")}, "subject", "S2-19"),
        ("crm", "sales", {"at": date(2026, 1, 9)}, "no_agreement", "GDPR 28(3)"),
        ("counter", "analytics", {"at": date(2026, 1, 31)}, "transfer", "S1-03"),
        ("counter", "analytics", {"at": date(2027, 2, 2)}, "transfer", "S1-03"),
        ("mailer", "mail", {"stopped": lambda purpose, of: True}, "stopped", "S2-18"),
        ("mailer", "mail", {"who": Known(7, {"plan": "pro"})}, "nothing_known", "S1-23"),
        ("shield", "security", {}, "no_field", "S1-23"),
    ],
)
def test_refusal(
    recipient: str, purpose: str, more: dict[str, Any], reason: str, clause: str
) -> None:
    refused = built(recipient, purpose, **more)
    assert isinstance(refused, Refused), refused
    assert refused.reason == reason
    assert clause in refused.clause
    assert refused.what
    assert refused.mend
    assert not any(str(value) in str(refused) for value in VALUES.values())


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2027, 2, 1)])
def test_transfer_carries_on_its_first_and_its_last_day(day: date) -> None:
    assert isinstance(built("counter", "analytics", at=day), Payload)


@pytest.mark.clause("S2-20")
def test_who_is_not_said_to_be_of_the_right_kind_is_not_sent() -> None:
    assert isinstance(built("crm", "sales", who=kind_of("prospect")), Payload)
    for said in ("", "person", "prospects"):
        refused = built("crm", "sales", who=kind_of(said))
        assert isinstance(refused, Refused)
        assert refused.reason == "subject"
    # To whom everybody's data may go, nobody need be of any kind.
    assert isinstance(built("mailer", "mail", who=kind_of("")), Payload)


@pytest.mark.clause("S1-03")
@pytest.mark.parametrize(
    ("country", "transfer", "day", "carries"),
    [
        ("GB", None, date(2026, 11, 22), True),
        ("US", None, date(2026, 11, 22), False),
        ("US", {"mechanism": "privacy_shield"}, date(2020, 7, 15), True),
        ("US", {"mechanism": "privacy_shield"}, date(2020, 7, 16), False),
        ("US", {"mechanism": "dpf"}, date(2026, 11, 22), True),
        ("IN", {"mechanism": "dpf"}, date(2026, 11, 22), False),
        ("US", {"mechanism": "adequacy"}, date(2026, 11, 22), False),
        ("US", {"mechanism": "scc_2021_914"}, date(2026, 11, 22), False),  # nobody signed
        ("US", {"mechanism": "no_such"}, date(2026, 11, 22), False),
        (None, {"mechanism": "dpf"}, date(2026, 11, 22), False),
    ],
)
def test_days_on_which_data_may_go_to_a_country(
    country: str | None, transfer: dict[str, str] | None, day: date, carries: bool
) -> None:
    one = Recipient(
        country=Country(country) if country else None,
        transfer=convert(transfer, Transfer) if transfer else None,
    )
    (rule,) = recipient_rules(Policy(recipients={"one": one}), {}, {}, ()).values()
    assert any(day in days for days in rule.abroad) == carries


@pytest.mark.clause("S2-19")
def test_value_that_names_the_person_leaves_in_no_other_field() -> None:
    named = Known(7, {"plan": "u7", "note": "write to a@b.example"}, frozenset(("u7",)))
    assert isinstance(built("counter", "analytics", who=named), Refused)
    some = Known(7, {"plan": "pro", "note": "write to a@b.example"}, frozenset(("u7",)))
    sent = built("counter", "analytics", who=some)
    assert isinstance(sent, Payload)
    assert sent.fields == {"plan": "pro"}


def test_one_category_may_be_stopped_and_another_not() -> None:
    sent = built("crm", "service", stopped=lambda purpose, category: category == "names")
    assert isinstance(sent, Payload)
    assert set(sent.fields) == {"plan", "note"}
    assert sent.pseudonym == "crm-7"


FOLLOWING = SHOP.replace(
    "  sales: {use: sales,",
    "  calls: {use: sales, basis: contract, RELATED}\n  sales: {use: sales,",
).replace("    purposes: [service, sales]\n", "    purposes: [calls]\n")
"""The same, with a recipient that uses data for something they are not collected for."""


@pytest.mark.clause("S1-13", "S2-20")
@pytest.mark.parametrize(
    ("related", "wrong", "fields"),
    [
        ("under: sales", 0, {"email"}),
        ("compatible_with: [sales]", 0, {"email"}),
        ("under: analytics", 0, {"city", "plan", "note"}),
        ("under: security", 1, set()),
        ("compatible_with: []", 2, set()),
    ],
)
def test_check_and_gate_agree_on_what_a_purpose_may_use(
    related: str, wrong: int, fields: set[str]
) -> None:
    compiled = compile_policy(FOLLOWING.replace("RELATED", related), DAY)
    assert [found.code for found in compiled.errors] == ["P406"] * wrong
    bits = {name: 1 << bit for bit, name in enumerate(compiled.policy.purposes)}
    own = rules_of(compiled.policy, bits, number=1, digest=str, country_of=str)
    sent = built("crm", "calls", rules=own)
    assert (set(sent.fields) if isinstance(sent, Payload) else set()) == fields
    for collected in ("sales", "analytics", "service"):
        event = Happened("Ordered", NOON, {"plan": "basic"}, bits[collected])
        sent = built("crm", "calls", rules=own, event=event)
        assert isinstance(sent, Payload) == (collected in related), collected
        stopped = built("crm", "calls", rules=own, event=event, stopped=lambda purpose, of: True)
        assert isinstance(stopped, Refused), (
            "what a person stopped is not sent, whatever it draws on"
        )


def happened(name: str, purposes: str = "analytics", **values: Any) -> Happened:
    return Happened(name, NOON, values, RULES.bits[purposes])


@pytest.mark.clause("S1-13", "S2-17")
def test_event_leaves_with_its_own_values_for_a_purpose_in_its_mask() -> None:
    sent = built("counter", "analytics", event=happened("Ordered", plan="basic", other="x"))
    assert sent == Payload("counter", "analytics", {"plan": "basic"}, "counter-7", "Ordered", NOON)
    for event, reason in (
        (happened("Ordered", "service", plan="basic"), "not_lawful"),
        (happened("Billed", iban_end="tok"), "category"),
        (happened("Guessed", plan="basic"), "category"),
    ):
        refused = built("counter", "analytics", event=event)
        assert isinstance(refused, Refused)
        assert refused.reason == reason


# Whatever the policy says

CATEGORIES = ("names", "network", "activity", "code", "undefined")
PURPOSES = ("one", "two", "three")
FIELDS = ("email", "ip", "plan", "note", "city")

# A refusal shows little, so most of these may be sent to.
declared = st.builds(
    Property,
    category=st.sampled_from(CATEGORIES[:4]),
    purposes=st.lists(st.sampled_from(PURPOSES), max_size=2).map(tuple),
    reduce=st.sampled_from((None, None, "drop", "keyed_hash")),
)
recipients = st.builds(
    Recipient,
    country=st.just(Country("FR")),
    role=st.just("controller"),
    categories=st.sets(st.sampled_from(CATEGORIES), min_size=2).map(tuple),
    purposes=st.sets(st.sampled_from((*PURPOSES, "undefined")), min_size=2).map(tuple),
    fields=st.just(()) | st.sets(st.sampled_from((*FIELDS, "undefined")), min_size=2).map(tuple),
    pseudonymous=st.booleans(),
)


def policy_of(properties: dict[str, Property], recipient: Recipient) -> Policy:
    data = {
        "categories": {
            "names": {"means": ["user.name"], "identifying": True, "purposes": ["one"]},
            "network": {"means": ["user.device.ip_address"], "identifying": True},
            "activity": {"means": ["user.behavior"], "purposes": ["one", "two"]},
            "code": {"means": ["system.operations"], "contains_personal_data": False},
        },
        "purposes": {name: {"basis": "contract"} for name in PURPOSES},
    }
    plain = convert(data, Policy)
    return replace(plain, properties=properties, recipients={"who": recipient})


@pytest.mark.clause("S1-23")
@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(FIELDS), declared, min_size=3),
    recipients,
)
def test_payload_holds_no_field_outside_the_allowed_set(
    properties: dict[str, Property], recipient: Recipient
) -> None:
    policy = policy_of(properties, recipient)
    own: Rules = rules_of(
        policy,
        {name: 1 << bit for bit, name in enumerate(PURPOSES)},
        number=1,
        digest=str,
        country_of=str,
    )
    values = {name: f"value of {name}" for name in (*FIELDS, "undefined")}
    for purpose in PURPOSES:
        sent = built("who", purpose, who=Known(7, values), rules=own)
        if isinstance(sent, Payload):
            assert purpose in recipient.purposes
            assert sent.fields
            for name in sent.fields:
                assert_allowed(policy, recipient, purpose, name)
            names = [name for name in sent.fields if is_naming(policy, name)]
            assert bool(sent.pseudonym) != bool(names)
            assert not (names and recipient.pseudonymous)


def assert_allowed(policy: Policy, recipient: Recipient, purpose: str, name: str) -> None:
    own = policy.properties[name]
    assert own.category in recipient.categories
    assert own.category != "code", "what is about nobody is a field of nobody"
    assert purpose in (own.purposes or policy.categories[own.category or ""].purposes)
    assert own.reduce != "drop"
    listed = name in recipient.fields
    assert listed or not (recipient.fields or own.category == "network")


def is_naming(policy: Policy, name: str) -> bool:
    own = policy.properties[name]
    return policy.categories[own.category or ""].identifying and own.reduce is None
