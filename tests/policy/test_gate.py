"""The collect gate and the ask gate: what the policy lets in, with what mask, and what is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sojourn.asking import decode_definition
from sojourn.drop_reason import DropReason
from sojourn.errors import BadQuestion
from sojourn.event import NO_SIGNALS, Event, Identifier, Kind, Signals
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.pipeline import Outcome, run
from sojourn.policy import versions
from tests.opened import NOON_MS, event, open_shop, profile, send
from tests.ruled import country_of, rules

SHOP = """
sojourn: 1
version: "2026-01-01"
draft: true
role: controller
subjects: [visitor, person]
categories:
  names: {means: [user.name, user.contact.email], identifying: true, purposes: [service, mail]}
  network: {means: [user.device.ip_address], identifying: true, purposes: [analytics]}
  activity: {means: [user.behavior], purposes: [service, analytics, ads]}
purposes:
  service: {use: essential.service.operations, basis: contract}
  analytics:
    use: analytics.reporting
    basis: {EEA: consent, default: legitimate_interests}
    assessment: LIA-1
  mail: {use: marketing.communications.email, basis: consent}
  ads: {use: marketing.advertising.serving, basis: {EEA: consent, default: legitimate_interests},
        assessment: LIA-2}
properties:
  contact: {category: names, purposes: [service, mail]}
  ip: {category: network, purposes: [analytics], reduce: country}
  url: {category: activity, purposes: [analytics], reduce: {strip_query: true, keep: [ref]}}
  total: {category: activity, purposes: [service, analytics], reduce: {bucket: [10, 100]}}
  cart: {category: activity, purposes: [service]}
events:
  Viewed: {category: activity, purposes: [analytics, ads], properties: [url, ip]}
  Ordered: {category: activity, purposes: [service, analytics], properties: [total, cart, contact]}
undeclared: {events: refuse, properties: refuse}
identity: {purpose: service}
retention:
  names: {keep: 1 year}
  network: {keep: 1 month}
  activity: {keep: 25 months}
consent: {renew: 6 months}
cookies: [{name: sojourn_id, purpose: analytics, keep: 6 months}]
signals: {gpc: honour, dnt: ignore}
age: {consent_from: {default: 16, FR: 15}}
rights: {answer_within: 1 month, stop_marketing_here: at_once}
backups: {keep: 30 days}
"""
SERVICE, ANALYTICS, MAIL, ADS = 1, 2, 4, 8


def collected(*given: Event, text: str = SHOP) -> Outcome:
    return run(given, Arrival(NOON_MS, rules(text), country_of=country_of))


def mask(name: str, **signals: Any) -> int:
    """The mask of an event; 0 when it is not kept."""
    outcome = collected(told(event(name, user="u"), **signals))
    return outcome.kept[0].purposes if outcome.kept else 0


def told(given: Event, **signals: Any) -> Event:
    return msgspec.structs.replace(given, signals=Signals(**signals))


@pytest.mark.clause("S1-14", "S1-24", "S1-36", "S2-02")
@pytest.mark.parametrize(
    ("name", "signals", "expected"),
    [
        ("Viewed", {"country": "US"}, ANALYTICS | ADS),
        ("Viewed", {"ip": "9.9.9.9"}, ANALYTICS | ADS),
        ("Viewed", {"country": "FR"}, 0),
        ("Viewed", {"ip": "1.2.3.4"}, 0),
        ("Viewed", {}, 0),  # where nobody knows, what is strictest holds
        ("Viewed", {"country": "ZZ"}, 0),
        ("Viewed", {"country": "EU"}, 0),
        ("Viewed", {"country": "FR", "consent": {"analytics": True}}, ANALYTICS),
        ("Viewed", {"country": "FR", "consent": {"analytics": True, "ads": False}}, ANALYTICS),
        ("Viewed", {"consent": {"analytics": True}}, ANALYTICS),
        ("Viewed", {"country": "FR", "consent": {"unheard of": True}}, 0),
        ("Viewed", {"country": "US", "consent": {"analytics": False}}, ADS),  # an objection
        ("Viewed", {"country": "US", "gpc": True}, ANALYTICS),
        ("Viewed", {"country": "US", "dnt": True}, ANALYTICS | ADS),  # this policy ignores it
        ("Viewed", {"country": "FR", "consent": {"ads": True}, "gpc": True}, 0),
        ("Viewed", {"country": "FR", "consent": {"analytics": True}, "age": 14}, 0),
        ("Viewed", {"country": "FR", "consent": {"analytics": True}, "age": 15}, ANALYTICS),
        ("Viewed", {"country": "DE", "consent": {"analytics": True}, "age": 15}, 0),
        ("Viewed", {"consent": {"analytics": True}, "age": 15}, 0),
        ("Viewed", {"country": "XX", "consent": {"analytics": True}, "age": 15}, 0),
        ("Ordered", {"country": "FR"}, SERVICE),
        ("Ordered", {"country": "FR", "consent": {"analytics": True}}, SERVICE | ANALYTICS),
        ("Ordered", {"country": "FR", "consent": {"service": False}}, SERVICE),  # a contract stays
        ("Ordered", {"country": "US"}, SERVICE | ANALYTICS),
    ],
)
def test_mask_of_an_event(name: str, signals: dict[str, Any], expected: int) -> None:
    assert mask(name, **signals) == expected


@pytest.mark.clause("S1-24")
def test_do_not_track_is_honoured_where_the_policy_says_so() -> None:
    text = SHOP.replace("dnt: ignore", "dnt: honour")
    outcome = collected(told(event("Ordered", user="u"), country="US", dnt=True), text=text)
    assert outcome.kept[0].purposes == SERVICE


def test_event_without_a_lawful_purpose_leaves_a_count_and_nothing_else() -> None:
    outcome = collected(told(event("Viewed", user="u", url="https://a.example/"), country="FR"))
    assert not outcome.kept
    assert outcome.dropped[0].reason is DropReason.NO_LAWFUL_PURPOSE
    assert "a.example" not in outcome.dropped[0].detail


def test_signals_decide_and_do_not_stay() -> None:
    (kept,) = collected(told(event("Viewed", user="u"), ip="9.9.9.9", age=40)).kept
    assert kept.signals == NO_SIGNALS


@pytest.mark.clause("S1-11")
def test_properties_that_serve_no_lawful_purpose_are_withheld() -> None:
    given = event("Ordered", user="u", total=50, cart="3 books", contact="a@b.example")
    (kept,) = collected(told(given, country="FR")).kept
    assert kept.properties == {"total": "10 – 100", "cart": "3 books"}
    assert kept.sealed == {"contact": "a@b.example"}
    outcome = collected(
        told(event("Viewed", user="u", url="https://a.example/p?x=1"), country="US")
    )
    assert outcome.kept[0].properties == {"url": "https://a.example/p"}


@pytest.mark.clause("S1-11")
def test_undeclared_events_and_properties_are_kept_out() -> None:
    outcome = collected(told(event("Guessed", user="u"), country="US"))
    assert outcome.dropped[0].reason is DropReason.UNDECLARED_EVENT
    given = told(event("Viewed", user="u", colour="red", total=3), country="US")
    outcome = collected(given)
    assert outcome.kept[0].properties == {}
    assert outcome.withheld == Counter({"undeclared_property": 2})


def test_reduction_comes_before_the_inbox() -> None:
    given = event("Viewed", user="u", ip="1.2.3.4", url="https://n@a.example/p?ref=x&mail=y#z")
    (kept,) = collected(told(given, country="US")).kept
    assert kept.properties == {"ip": "FR", "url": "https://a.example/p?ref=x"}


CARD = "4111 1111 1111 1111"


@pytest.mark.clause("S1-06", "S1-08", "S2-03")
@pytest.mark.parametrize(
    "properties",
    [
        {"note": CARD},
        {"note": f"paid with {CARD}, thanks"},
        {"note": ["a", {"b": "4111-1111-1111-1111"}]},
        {"in": {"deep": {"er": "4111111111111111"}}},
        {"note": "Y2FyZD00MTExMTExMTExMTExMTExIG9r"},
        {"note": 4111111111111111},
        {"password": "hunter2"},
        {"account": {"passwordHash": "x"}},
        {"note": "https://a.example/?password=hunter2"},
        {"note": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc"},
        {"accessToken": "abc"},
        {"note": "Authorization: Bearer abcdefghijklmnopqrstuvwxyz"},
    ],
)
def test_secrets_are_refused_wherever_they_stand(properties: dict[str, Any]) -> None:
    given = event("look", user="u", **properties)
    outcome = run([given], Arrival(NOON_MS, rules()))
    assert outcome.kept[0].properties == {}
    assert outcome.kept[0].sealed == {}
    assert outcome.withheld == Counter({"secret": 1})
    outcome = run([profile(user="u", **properties)], Arrival(NOON_MS, rules()))
    assert outcome.kept[0].traits == {}


@pytest.mark.parametrize(
    "value",
    [
        *("1763779200000", "4111111111111112", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "tokens: 4"),
        *("4e1a9c7b-4111-4111-8111-111111111111", "5f2d4111111111111111a"),
        *("34.0522351234567,-118.2436831234567", "https://a.example/passwords/help", "1" * 16),
        *("2026-11-22T10:00:00.000Z", "+33 6 12 34 56 78", "The secret: be kind", 1763779200000.0),
    ],
)
def test_what_only_looks_a_little_like_a_secret_is_kept(value: object) -> None:
    outcome = run([event("look", user="u", note=value)], Arrival(NOON_MS, rules()))
    assert outcome.withheld == Counter()


def test_secret_as_a_name_or_an_identifier_refuses_the_event() -> None:
    for given in (event(CARD, user="u"), event("look", user=CARD)):
        outcome = run([given], Arrival(NOON_MS, rules()))
        assert outcome.dropped[0].reason is DropReason.SECRET


def test_an_id_that_happens_to_pass_the_check_of_card_numbers_is_an_id() -> None:
    outcome = run([event("look", user=CARD.replace(" ", ""))], Arrival(NOON_MS, rules()))
    assert outcome.kept


@pytest.mark.clause("S1-09")
def test_joining_two_identifiers_needs_its_purpose() -> None:
    alias = Event(
        kind=Kind.ALIAS,
        ts=NOON_MS,
        identifiers=(Identifier("user_id", "u"),),
        previous=Identifier("user_id", "v"),
        message_id="",
    )
    assert collected(alias).kept
    text = SHOP.replace("identity: {purpose: service}", "identity: {purpose: mail}")
    assert collected(alias, text=text).dropped[0].reason is DropReason.NO_LAWFUL_PURPOSE


@pytest.mark.clause("S1-13", "S2-03")
@pytest.mark.clause("S1-09")
def test_an_event_under_two_identifiers_joins_them_only_if_its_purpose_is_lawful() -> None:
    both = told(event("Ordered", user="u", anonymous="x"), country="FR")
    assert len(collected(both).kept[0].identifiers) == 2
    # It is the person's line that counts, not what this event is collected for.
    seen = told(event("Viewed", user="u", anonymous="x"), country="US")
    assert len(collected(seen).kept[0].identifiers) == 2
    text = SHOP.replace("identity: {purpose: service}", "identity: {purpose: mail}")
    assert collected(both, text=text).kept[0].identifiers == (Identifier("user_id", "u"),)


@pytest.mark.clause("S2-03")
def test_telephone_numbers_are_sealed_where_the_policy_looks_for_them() -> None:
    given = event("look", user="u", note="+33 6 12 34 56 78", total="+5 points", day="2026-11-22")
    (kept,) = run([given], Arrival(NOON_MS, rules())).kept
    assert kept.sealed == {"note": "+33 6 12 34 56 78"}
    text = versions.preset(versions.PRESET).replace(", email, phone]", ", email]")
    (kept,) = run([given], Arrival(NOON_MS, rules(text))).kept
    assert kept.sealed == {}


def test_a_question_names_a_declared_purpose_and_sees_only_its_events(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        sojourn.governance(project).publish(SHOP, actor="test")
        here = told(event("Ordered", user="a", total=5, cart="x"), country="FR")
        there = told(event("Ordered", user="b", total=5, cart="y"), country="US")
        send(sojourn, project, [here, there])

        def people(purpose: str, **more: object) -> int:
            definition = {"kind": "trend", "purpose": purpose, "series": [{"event": "Ordered"}]}
            asked = decode_definition(msgspec.json.encode(definition | more))
            return sum(int(line.total) for line in sojourn.ask(project, asked).series)

        assert people("service") == 2
        assert people("analytics") == 1
        with pytest.raises(BadQuestion, match="not declared"):
            people("curiosity")
        by_cart = {"breakdown": {"by": [{"property": "cart"}]}}
        assert people("service", **by_cart) == 2
        with pytest.raises(BadQuestion, match="not collected for analytics"):
            people("analytics", **by_cart)


@pytest.mark.clause("S1-08", "S1-11")
def test_what_may_not_be_kept_is_in_no_file(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        sojourn.governance(project).publish(SHOP, actor="test")
        refused = told(
            event("Viewed", user="zz-nobody", url="https://zz-refused.example"), ip="2a01:e0a::1"
        )
        kept = event("Ordered", user="u", total=77.25, note="zz-undeclared", cart=CARD)
        outcome, done = sojourn.accept(project, [refused, told(kept, ip="9.9.9.9", country="US")])
        assert done is not None
        done.result(timeout=10)
        sojourn.apply_all()
        assert outcome.tallies() == Counter(
            {
                "refused no_lawful_purpose": 1,
                "withheld undeclared_property": 1,
                "withheld secret": 1,
            }
        )
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for text in (
        "zz-nobody",
        "zz-refused",
        "zz-undeclared",
        CARD,
        "9.9.9.9",
        "2a01:e0a::1",
        "77.25",
    ):
        assert text.encode() not in written


def test_policy_with_errors_does_not_run(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        with pytest.raises(BadQuestion, match="does not compile"):
            sojourn.governance(project).publish("sojourn: 2", actor="test")
        assert project.rules.number == 1
