"""Properties and events: of a category, for a purpose, and reduced to what it needs."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, found, place

URL = (
    "url: {category: logs, purposes: [analytics], reduce: {strip_query: true, keep: [utm_source]}}"
)
TOTAL = "total: {category: logs, purposes: [service, analytics], reduce: {round: 0.5}}"
IP = "ip: {category: network, purposes: [security, analytics], reduce: country}"
ORDER = "Order Completed: {category: logs, purposes: [service, analytics], properties: [total]}"
SCAN = "scan: [card_number, password, token, email, phone]"


def with_property(name: str, said: str = "{category: logs, purposes: [service]}") -> str:
    """The good policy with one more property."""
    return changed(f"  {TOTAL}\n", f"  {TOTAL}\n  {name}: {said}\n")


@pytest.mark.clause("S1-06", "S1-11")
def test_property_has_a_category() -> None:
    found("P301", URL, URL.replace("category: logs, ", ""), "url: {")
    found(
        "P002", URL, URL.replace("category: logs, ", "category: [logs], "), "[logs], purposes: [a"
    )


@pytest.mark.clause("S1-06")
@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user.password",
        "accessToken",
        "api_key",
        "Client-Secret",
        "password_hash",
        "token",
        # What the gate refuses by its name the compiler names.
        "newPasscode2",
        "mot_de_passe",
        "x-csrf",
        "session_key",
        "Authorization",
        "account.pin",
    ],
)
def test_credential_is_no_property(name: str) -> None:
    text = with_property(name)
    assert codes(text) == [("P302", *place(text, f"{name}: {{"))]


def test_credential_by_what_its_category_means() -> None:
    text = changed("[user.name, user.contact.email]", "[user.name, user.authorization.password]")
    assert [code for code, _, _ in codes(text)] == ["P302"] * 3


@pytest.mark.clause("S1-08")
@pytest.mark.parametrize(
    "name",
    ["card_number", "cardNumber", "credit_card", "credit_card_number", "cvv", "card.cvc", "PAN"],
)
def test_card_number_is_no_property(name: str) -> None:
    text = with_property(name)
    assert codes(text) == [("P303", *place(text, f"{name}: {{"))]


@pytest.mark.parametrize(
    "name",
    ["tokens_used", "token_count", "card", "card_brand", "password_changed_at", "pane"],
)
def test_what_only_sounds_like_a_secret_is_a_property(name: str) -> None:
    assert codes(with_property(name)) == []


@pytest.mark.clause("S1-11")
def test_identifying_property_is_reduced_for_counting() -> None:
    only = IP.replace("security, ", "")
    whole = only.replace(", reduce: country", "")
    assert codes(changed(IP, only)) == []
    found("P304", IP, whole, whole)
    # For security, an address is needed as it is.
    assert codes(changed(IP, IP.replace(", reduce: country", ""))) == []


def test_a_purpose_is_among_those_of_the_category() -> None:
    found("P305", URL, URL.replace("[analytics]", "[analytics, security]"), "security], reduce: {")
    found(
        "P305",
        ORDER,
        ORDER.replace("[service, analytics]", "[service, invoices]"),
        "invoices], properties: [total",
    )


def test_purposes_of_a_property_are_those_of_its_category_when_not_said() -> None:
    assert codes(changed(URL, URL.replace("purposes: [analytics], ", ""))) == []


def test_no_property_is_for_nothing() -> None:
    text = changed("    purposes: [service, analytics, openings]\n", "")
    text = changed("events: accept", "events: refuse", text)
    assert codes(text) == []
    bare = changed(URL, URL.replace("purposes: [analytics], ", ""), text)
    assert codes(bare) == [("P307", *place(bare, "url: {"))]


def test_event_says_itself_what_it_is_for() -> None:
    found("P306", ORDER, ORDER.replace("purposes: [service, analytics], ", ""), "Order Completed")
    found("P306", ORDER, "Order Completed: {properties: [total]}", "Order Completed")


def test_property_and_event_have_a_purpose_in_common() -> None:
    new = ORDER.replace("[total]", "[total, ip]").replace("service, analytics", "service")
    found("P308", ORDER, new, "ip]}\n  Email")


@pytest.mark.parametrize("empty", ["{}", "{drop: false}", "{keep: [], bucket: []}"])
def test_reduction_takes_something_away(empty: str) -> None:
    found("P309", "reduce: {round: 0.5}", f"reduce: {empty}", f"reduce: {empty}")


@pytest.mark.parametrize(
    "wrong",
    [
        "{drop: true, country: true}",
        "{country: true, truncate: 8}",
        "{round: 5, bucket: [1, 2]}",
        "{round: 0.5, strip_query: true}",
        "{keep: [utm_source]}",
        "{truncate: 0}",
        "{truncate: -1}",
        "{round: 0}",
        "{round: -0.5}",
        "{bucket: [1, 1]}",
        "{bucket: [1, 3, 2]}",
    ],
)
def test_reduction_can_be_done(wrong: str) -> None:
    found("P312", "reduce: {round: 0.5}", f"reduce: {wrong}", f"reduce: {wrong}")


@pytest.mark.parametrize(
    "right",
    [
        "drop",
        "keyed_hash",
        "{truncate: 3}",
        "{bucket: [0]}",
        "{bucket: [0, 10, 100]}",
        "{round: 5}",
        "{strip_query: true, truncate: 100}",
        "{keyed_hash: true, truncate: 24}",
    ],
)
def test_reductions_that_can_be_done(right: str) -> None:
    assert codes(changed("reduce: {round: 0.5}", f"reduce: {right}")) == []


def test_what_is_undeclared_comes_in_as_something() -> None:
    found("P310", "  as: logs\n", "", "events: accept")
    both = changed("properties: quarantine\n  as: logs\n", "properties: accept\n")
    assert [code for code, _, _ in codes(both)] == ["P310", "P310"]
    without = changed("    purposes: [service, analytics, openings]\n", "")
    assert codes(without) == [("P310", *place(without, "events: accept"))]
    kept_out = changed("events: accept\n", "events: refuse\n")
    assert codes(changed("  as: logs\n", "", kept_out)) == []


def test_secrets_are_always_scanned_for() -> None:
    found("P311", SCAN, "scan: [card_number, token]", "scan: [")
    found("P311", SCAN, "scan: []", "scan: []")
    assert codes(changed(f"  {SCAN}\n", "")) == []
