"""Recipients: named, given certain data for certain purposes, under a contract."""

from __future__ import annotations

import pytest

from tests.policy.checking import GOOD, changed, codes, findings, found, place

CODE = "  code: {means: [system.operations], contains_personal_data: false}\n"


def with_recipient(entry: str, text: str = GOOD) -> str:
    """The policy with one more recipient, `new`."""
    return changed("recipients:\n", f"recipients:\n  new: {{{entry}}}\n", text)


FULL = (
    "name: New SAS, country: FR, categories: [logs], purposes: [analytics],"
    ' agreement: {signed: "2026-01-10"}'
)


def test_a_full_recipient_has_nothing_to_find() -> None:
    assert codes(with_recipient(FULL)) == []


def test_which_text_it_is_does_not_show_that_a_contract_is_signed() -> None:
    for agreement in ('version: "2026-01"', "at_end: delete", 'signed: ""'):
        (only,) = findings(with_recipient(changed('signed: "2026-01-10"', agreement, FULL)))
        assert only.code == "P405"
        assert only.what.endswith("nothing says that a contract is signed.")
    assert codes(with_recipient(changed('signed: "2026-01-10"', "evidence: a.pdf", FULL))) == []


@pytest.mark.clause("S1-16")
@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("P402", "categories: [logs], ", ""),
        ("P402", "categories: [logs]", "categories: []"),
        ("P403", "purposes: [analytics],", ""),
        ("P405", ' agreement: {signed: "2026-01-10"}', ""),
        ("P405", '{signed: "2026-01-10"}', "{at_end: delete}"),
    ],
)
def test_what_is_not_said_is_told_at_the_recipient(code: str, old: str, new: str) -> None:
    text = with_recipient(changed(old, new, FULL))
    assert codes(text) == [(code, *place(text, "new: {"))]


@pytest.mark.clause("S1-16")
def test_a_class_of_recipients_is_told_once() -> None:
    text = with_recipient("")
    (only,) = findings(text)
    assert (only.code, only.line, only.column) == ("P401", *place(text, "new: {"))
    assert only.clauses == ("S1-16", "GDPR 15(1)(c)", "C-154/21")


def test_country_is_said_and_is_one() -> None:
    text = with_recipient(changed("country: FR, ", "", FULL))
    at = place(text, "new: {")
    assert codes(text) == [("P404", *at), ("P420", *at)]
    text = with_recipient(changed("country: FR", "country: UK", FULL))
    assert [code for code, _, _ in codes(text)] == ["P420", "P404"]
    assert findings(text)[1].mend == "Say GB."


def test_a_misread_country_is_not_also_missing() -> None:
    text = with_recipient(changed("country: FR", "country: france", FULL))
    assert "P404" not in [code for code, _, _ in codes(text)]


def test_only_a_processor_needs_an_agreement_and_not_of_tomorrow() -> None:
    bare = changed(', agreement: {signed: "2026-01-10"}', "", FULL.replace(",  ", ", "))
    assert codes(with_recipient(f"{bare}, role: controller")) == []
    text = with_recipient(changed("2026-01-10", "2027-01-10", FULL))
    assert codes(text) == [("P405", *place(text, '"2027-01-10"'))]


def test_what_is_about_nobody_needs_neither_country_nor_agreement() -> None:
    text = changed("  billing:\n    means", f"{CODE}  billing:\n    means")
    entry = "name: GitHub, vendor: github, categories: [code], purposes: [service]"
    assert codes(with_recipient(entry, text)) == []


@pytest.mark.clause("S2-18", "S2-20")
def test_a_recipient_uses_data_for_what_they_are_collected_for() -> None:
    old, new = "purposes: [service]\n    subjects: [person]\n    fields", "purposes: [newsletter]\n"
    assert codes(changed(old, f"{new}    fields")) == []
    text = changed(old, "purposes: [analytics]\n    fields")
    (only,) = findings(text)
    assert (only.code, only.path) == ("P406", "recipients.sendgrid.purposes.0")
    assert only.clauses[:2] == ("S2-18", "S2-20")


def test_a_purpose_under_a_declared_one_or_compatible_with_it_counts_as_declared() -> None:
    narrow = changed("purposes: [service, analytics, openings]", "purposes: [service, analytics]")
    entry = changed("[analytics]", "[openings]", FULL)
    told = [found.code for found in findings(with_recipient(entry, narrow))]
    assert "P406" in told
    for old, new in (
        ("under: newsletter}", "under: analytics}"),
        ("under: newsletter}", "under: newsletter, compatible_with: [service]}"),
        ("under: newsletter}", "under: openings}"),
    ):
        again = findings(with_recipient(entry, changed(old, new, narrow)))
        assert ("P406" in [found.code for found in again]) is (new == "under: openings}")


@pytest.mark.clause("S1-23", "S2-01")
def test_network_data_are_listed() -> None:
    entry = changed("[logs]", "[logs, network]", FULL)
    text = with_recipient(entry)
    line, column = place(text, "[logs, network]")
    assert codes(text) == [("P407", line, column + len("[logs, "))]
    assert codes(with_recipient(f"{entry}, fields: [ip, url]")) == []


def test_fields_are_of_the_categories() -> None:
    text = with_recipient(f"{FULL}, fields: [url, email]")
    line, column = place(text, "[url, email]")
    assert codes(text) == [("P408", line, column + len("[url, "))]


def test_a_recipient_that_has_ended_is_kept_and_judged_as_of_its_last_day() -> None:
    text = with_recipient(f'{FULL}, until: "2026-01-01"')
    assert codes(text) == [("P409", *place(text, '"2026-01-01"'))]
    assert codes(with_recipient(f'{FULL}, until: "2027-01-01"')) == []


@pytest.mark.clause("S1-04")
@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        ("name: Hébergeur SA, country: FR", "name: Hébergeur SA", "{name: Hébergeur", "P410"),
        ("name: Hébergeur SA, country: FR", "country: FR", "{country: FR}", "P410"),
        ("    liable: Entrepôt SARL\n", "", "subprocessors:", "P414"),
    ],
)
def test_sub_processors_are_known(old: str, new: str, at: str, code: str) -> None:
    found(code, old, new, at)
