"""Rights: offered, with a channel and clocks."""

from __future__ import annotations

import pytest

from sojourn.policy.facts.rights import ARTICLE_OF, RIGHTS_OF
from tests.policy.checking import GOOD, changed, codes, findings, found, place

RIGHTS = "rights:"
OFFERS = "offers: [access, rectify, erase, restrict, port, object, withdraw]"


@pytest.mark.clause("S1-05", "S1-30", "S1-32", "S1-35", "S1-37", "S1-38", "S2-21")
@pytest.mark.parametrize(
    ("code", "old", "new", "at"),
    [
        ("P620", "  channel: privacy@example.com\n", "", RIGHTS),
        ("P621", "  authority: CNIL\n", "", "organisation:\n"),
        ("P622", "  answer_within: 1 month\n", "", RIGHTS),
        ("P623", "answer_within: 1 month", "answer_within: 45 days", "45 days\n  stop"),
        ("P623", "answer_within: 1 month", "answer_within: 2 months", "2 months"),
        ("P624", "  stop_marketing_here: at_once\n", "", "stop_marketing_within:"),
        ("P625", "within: 10 business days", "within: 15 business days", "15 business days"),
        ("P626", OFFERS, OFFERS.replace("object, ", ""), "offers:"),
        ("P626", OFFERS, OFFERS.replace("port, ", ""), "offers:"),
        ("P627", OFFERS, OFFERS.replace(", withdraw", ""), "offers:"),
        ("P628", "  answer_complaint_within: 45 days\n", "", RIGHTS),
        ("P628", "complaint_within: 45 days", "complaint_within: 46 days", "46 days"),
        ("P629", "  verify: email\n", "", RIGHTS),
    ],
)
def test_rights(code: str, old: str, new: str, at: str) -> None:
    found(code, old, new, at)


def test_no_rights_at_all_are_told_once() -> None:
    start, end = GOOD.index("rights:\n"), GOOD.index("aggregates:")
    (only,) = findings(GOOD[:start] + GOOD[end:])
    assert (only.code, only.line, only.column) == ("P620", 1, 1)
    assert "S2-21" in only.clauses


@pytest.mark.parametrize("said", ["28 days", "4 weeks", "10 business days", "672 hours"])
def test_a_month_may_be_said_in_other_words(said: str) -> None:
    assert codes(changed("answer_within: 1 month", f"answer_within: {said}")) == []


@pytest.mark.parametrize("said", ["29 days", "31 days", "5 weeks", "20 business days"])
def test_what_can_outlast_the_shortest_month_is_too_long(said: str) -> None:
    (only,) = findings(changed("answer_within: 1 month", f"answer_within: {said}"))
    assert only.code == "P623"
    assert said in only.what
    assert only.mend == "Say 1 month, or 28 days: the shortest month has no more."


@pytest.mark.clause("S1-30")
def test_each_missing_right_is_told_once_with_its_article() -> None:
    text = changed(OFFERS, "offers: [withdraw]")
    told = findings(text)
    line, column = place(text, "offers:")
    assert {(one.code, one.line, one.column) for one in told} == {("P626", line, column)}
    assert len(told) == len(ARTICLE_OF) - 1
    assert any("take the data along (GDPR 20)" in one.what for one in told)


def test_no_basis_no_right_to_withdraw() -> None:
    text = changed(OFFERS, OFFERS.replace(", withdraw", ""))
    text = text.replace("basis: consent", "basis: contract")
    text = text.replace("EEA: consent, GB: consent, ", "")
    assert "P627" not in [code for code, _, _ in codes(text)]


@pytest.mark.clause("S1-30")
def test_matrix_is_that_of_the_vocabulary() -> None:
    for basis, rights in RIGHTS_OF.items():
        assert {"access", "rectify", "restrict"} <= set(rights) <= set(ARTICLE_OF)
        assert ("withdraw" in rights) is (basis == "consent")
        assert ("port" in rights) is (basis in ("consent", "contract"))
        assert ("object" in rights) is (basis in ("legitimate_interests", "public_task"))
