"""Transfers: mechanisms with days, countries and papers."""

from __future__ import annotations

from datetime import date

import pytest

from sojourn.policy.compile import compile as compile_policy
from sojourn.policy.facts.mechanisms import MECHANISMS
from sojourn.policy.facts.regions import EEA, PROTECTIONS, is_country, is_known, protects_as_here
from tests.policy.checking import GOOD, TODAY, changed, codes, findings, found, place

SCC = """    transfer:
      mechanism: scc_2021_914
      module: 2
      signed: "2026-01-10"
      evidence: contracts/sendgrid-scc.pdf
      assessment: TIA-1
"""


def transfer(said: str, country: str = "US") -> str:
    """The policy in which a recipient in a country says this of its transfer."""
    text = changed(SCC, f"    transfer: {{{said}}}\n" if said else "")
    return changed("    country: US\n", f"    country: {country}\n", text)


def told(said: str, country: str = "US", at: date = TODAY) -> list[str]:
    """The codes about transfers that are found then."""
    own = compile_policy(transfer(said, country), at).findings
    return [found.code for found in own if found.code.startswith("P42")]


@pytest.mark.clause("S1-03", "S2-21")
def test_missing_mechanism_is_told_at_the_recipient() -> None:
    text = transfer("")
    assert codes(text) == [("P420", *place(text, "sendgrid:\n    vendor"))]
    assert told("", "GB") == told("", "DE") == told("", "CH") == []
    assert told("", "IN") == ["P420"]


@pytest.mark.clause("S1-03")
@pytest.mark.parametrize(
    ("said", "country", "day", "expected"),
    [
        ("mechanism: safe_harbor", "US", "2015-10-05", []),
        ("mechanism: safe_harbor", "US", "2015-10-06", ["P422"]),
        ("mechanism: privacy_shield", "US", "2016-07-11", ["P422"]),
        ("mechanism: privacy_shield", "US", "2020-07-15", []),
        ("mechanism: privacy_shield", "US", "2020-07-16", ["P422"]),
        ("mechanism: dpf", "US", "2023-07-09", ["P422"]),
        ("mechanism: dpf", "US", "2023-07-10", []),
        ("mechanism: dpf", "IN", "2026-01-01", ["P424"]),
        ("mechanism: adequacy", "US", "2026-01-01", ["P424"]),
        ("mechanism: adequacy", "BR", "2025-12-31", ["P424"]),
        ("mechanism: adequacy", "BR", "2026-02-01", []),
        ("mechanism: adequacy", "GB", "2032-01-01", ["P424"]),
        ("mechanism: bcr, assessment: TIA", "US", "2026-01-01", []),
        ("mechanism: bcr", "US", "2020-07-15", []),
        ("mechanism: bcr", "US", "2020-07-16", ["P426"]),
        ("mechanism: hope", "US", "2026-01-01", ["P421"]),
        ("mechanism: uk_us_bridge", "US", "2026-01-01", ["P424"]),
        ("mechanism: swiss_dpf", "US", "2026-01-01", ["P424"]),
        ("module: 2", "US", "2026-01-01", ["P420"]),
    ],
)
def test_mechanism_as_of_a_day(said: str, country: str, day: str, expected: list[str]) -> None:
    assert told(said, country, date.fromisoformat(day)) == expected


OLD = 'mechanism: scc_2010_87, assessment: TIA, signed: "{}"'
NEW = 'mechanism: scc_2021_914, module: 2, assessment: TIA, signed: "{}"'


@pytest.mark.clause("S1-03")
@pytest.mark.parametrize(
    ("said", "signed", "day", "expected"),
    [
        (OLD, "2021-09-26", "2022-12-27", []),
        (OLD, "2021-09-26", "2022-12-28", ["P422"]),
        (OLD, "2021-09-27", "2022-01-01", ["P422"]),
        (OLD, "2010-05-14", "2020-01-01", ["P422"]),
        (NEW, "2021-06-27", "2021-06-27", []),
        (NEW, "2021-06-26", "2021-06-27", ["P422"]),
        (NEW, "2022-01-02", "2022-01-01", ["P422"]),
        (f'{NEW}, until: "2023-01-01"', "2022-01-01", "2023-01-01", []),
        (f'{NEW}, until: "2023-01-01"', "2022-01-01", "2023-01-02", ["P422"]),
    ],
)
def test_what_was_signed_as_of_a_day(said: str, signed: str, day: str, expected: list[str]) -> None:
    assert told(said.format(signed), "US", date.fromisoformat(day)) == expected


def test_standard_clauses_have_a_module_a_day_and_an_assessment() -> None:
    found("P423", "      module: 2\n", "", "transfer:")
    found(
        "P423",
        '      signed: "2026-01-10"\n      evidence: contracts/sendgrid-scc',
        "      evidence: x",
        "transfer:",
    )
    found("P423", "module: 2", "module: 7", "7\n")
    found("P426", "      assessment: TIA-1\n", "", "transfer:")
    assert told("mechanism: scc_2021_914, assessment: TIA") == ["P423"]


def test_module_fits_the_roles() -> None:
    found("P425", "module: 2", "module: 3", "3\n      signed")
    text = changed("    country: US\n    role: processor", "    country: US\n    role: affiliate")
    assert codes(changed("module: 2", "module: 1", text)) == []
    processor = changed("role: controller", "role: processor")
    assert "P425" in [code for code, _, _ in codes(processor)]


@pytest.mark.clause("S1-03")
def test_privacy_shield_is_told_at_its_word_with_what_carries_today() -> None:
    (only,) = findings(transfer("mechanism: privacy_shield"))
    assert only.clauses[0] == "S1-03"
    assert "since 2020-07-16" in only.what
    assert "C-311/18" in only.what
    assert "dpf" in only.mend


def test_the_organisation_is_judged_by_the_same_rules() -> None:
    text = changed(
        "  country: FR\n  privacy",
        "  country: US\n  transfer: {mechanism: privacy_shield}\n  privacy",
    )
    assert codes(text) == [("P606", 3, 1), ("P422", *place(text, "privacy_shield}"))]
    assert (
        codes(changed("  country: FR\n  privacy", "  country: US\n  representative: X\n  privacy"))
        == []
    )


def test_a_recipient_that_has_ended_is_judged_as_of_its_last_day() -> None:
    text = changed(
        "    vendor: sendgrid\n", '    until: "2020-01-31"\n', transfer("mechanism: privacy_shield")
    )
    assert "P422" not in [code for code, _, _ in codes(text)]
    later = text.replace("2020-01-31", "2020-07-31")
    assert "P422" in [code for code, _, _ in codes(later)]


def test_each_mechanism_that_ended_says_what_carries_today() -> None:
    for mechanism in MECHANISMS.values():
        assert bool(mechanism.until or mechanism.exporter != "EEA") == bool(mechanism.instead)
        assert mechanism.until is None or mechanism.since < mechanism.until


def test_regions() -> None:
    assert len(EEA) == 30
    assert all(is_country(country) for country in EEA)
    assert all(is_country(one.country) and one.source for one in PROTECTIONS)
    assert not EEA & {one.country for one in PROTECTIONS}
    assert is_known("EEA")
    assert is_known("default")
    assert not is_known("UK")
    assert protects_as_here("GB", date(2021, 6, 27))
    assert protects_as_here("GB", date(2021, 6, 28))
    assert not protects_as_here("US", TODAY)


def test_good_policy_is_good() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("word", "begins"),
    [
        ("scc_2010_87", "The standard clauses of 2010 carry nothing since 2022-12-28"),
        ("privacy_shield", "The EU-US Privacy Shield carries nothing since 2020-07-16"),
    ],
)
def test_what_has_ended_is_told_in_the_number_of_its_title(word: str, begins: str) -> None:
    said = f'mechanism: {word}, assessment: TIA, signed: "2019-01-10"'
    whats = [one.what for one in findings(transfer(said))]
    assert any(what.startswith(begins) for what in whats), whats
