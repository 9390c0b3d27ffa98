"""Names refer to what is declared, and are never matched silently."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, findings, found, place


@pytest.mark.clause("S2-07")
def test_name_that_nearly_matches_is_told_with_the_one_that_does() -> None:
    text = changed(
        "{category: billing, purposes: [invoices]}", "{category: bilings, purposes: [invoices]}"
    )
    (only,) = findings(text)
    assert (only.code, only.line, only.column) == ("P010", *place(text, "bilings"))
    assert "“billing”" in only.mend
    assert "S2-07" in only.clauses


@pytest.mark.clause("S2-08")
def test_name_that_nothing_is_called_like_is_told() -> None:
    found("P011", "categories: [logs]", "categories: [logs, source_code]", "source_code")
    found("P011", "identity: {purpose: service}", "identity: {purpose: whim}", "whim")


@pytest.mark.clause("S2-07")
def test_other_name_stands_for_its_category() -> None:
    text = changed("categories: [logs]", "categories: [activity]")
    assert codes(text) == []


@pytest.mark.clause("S2-19")
def test_people_are_among_the_subjects() -> None:
    text = changed("subjects: [visitor, person]\n\n", "subjects: [person]\n\n")
    assert {code for code, _, _ in codes(text)} == {"P012"}


@pytest.mark.clause("S2-07")
def test_other_name_is_of_one_category_and_none_itself() -> None:
    found("P013", "also: [activity]", "also: [activity, billing]", "billing]\n")
    text = changed("    means: [user.payment]", "    also: [activity]\n    means: [user.payment]")
    assert [code for code, _, _ in codes(text)] == ["P013", "P013"]
