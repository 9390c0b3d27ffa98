"""The notice: who answers for the data, in which role, and where to reach them."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, findings, found, place

ORGANISATION = "organisation:\n  name"


@pytest.mark.parametrize(
    ("code", "old", "new", "at"),
    [
        ("P601", "  name: Example SAS\n", "", "organisation:\n  address"),
        ("P602", "  address: 1 rue Exemple, Paris\n", "", ORGANISATION),
        ("P602", "  privacy_contact: privacy@example.com\n", "", ORGANISATION),
        ("P603", "Paris\n  country: FR\n", "Paris\n", ORGANISATION),
        ("P603", "Paris\n  country: FR\n", "Paris\n  country: ZZ\n", "ZZ"),
        ("P606", "Paris\n  country: FR\n", "Paris\n  country: US\n", ORGANISATION),
    ],
)
def test_notice(code: str, old: str, new: str, at: str) -> None:
    found(code, old, new, at)


@pytest.mark.clause("S1-02")
def test_role_is_said() -> None:
    assert [code for code, _, _ in codes(changed("role: controller\n", ""))] == ["P604"]


def test_what_is_missing_of_the_contact_is_told_together() -> None:
    text = changed("  address: 1 rue Exemple, Paris\n", "")
    (only,) = findings(changed("  privacy_contact: privacy@example.com\n", "", text))
    assert only.what == "The organisation has no address and no privacy contact."
    assert "S2-21" in only.clauses


@pytest.mark.clause("S1-02")
def test_a_processor_works_for_somebody() -> None:
    text = changed("module: 2", "module: 3", changed("role: controller\n", "role: processor\n"))
    assert codes(text) == [("P605", *place(text, "processor\n\nsubjects"))]


@pytest.mark.clause("S1-02")
def test_a_processor_says_for_whom_and_under_which_contract() -> None:
    agreement = 'agreement: {signed: "2026-01-10"}'
    told = "role: processor\ncontrollers: {shop: {name: Shop SA, contact: dpo@shop.example, %s}}\n"
    whole = changed("module: 2", "module: 3", changed("role: controller\n", told % agreement))
    assert codes(whole) == []
    (only,) = findings(changed(f", {agreement}}}}}", "}}", whole))
    assert (only.code, only.path) == ("P605", "controllers.shop")
    assert only.what == "“shop” has no agreement."


def test_a_controller_without_a_signed_contract_has_none() -> None:
    told = (
        "role: processor\ncontrollers: {shop: {name: Shop, contact: a@b.example, agreement: %s}}\n"
    )
    text = changed("module: 2", "module: 3", changed("role: controller\n", told % "{version: x}"))
    assert [one.what for one in findings(text)] == ["“shop” has no agreement."]


@pytest.mark.clause("S1-26")
def test_measures_are_named() -> None:
    text = changed("measures: {encryption: Encrypted at rest under a key for each person}\n", "")
    text = text.replace("    measures: [encryption]\n", "")
    assert [code for code, _, _ in codes(text)] == ["P607"]


def test_a_measure_is_declared() -> None:
    text = changed("measures: {encryption: Encrypted", "measures: {other: Encrypted")
    assert {code for code, _, _ in codes(text)} == {"P608"}
    assert len(codes(text)) == text.count("    measures: [encryption]")
