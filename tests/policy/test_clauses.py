"""What is claimed of the clauses is true as far as code can tell, and the page says just that."""

from __future__ import annotations

import pytest

from tests.clauses.asked import CLAUSES, Clause
from tests.clauses.page import FINDINGS, PAGE, PLACES, PROOFS, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "if this is meant: python -m tests.clauses"


@pytest.mark.parametrize("named", [FINDINGS, PLACES, PROOFS], ids=["findings", "code", "tests"])
def test_every_clause_that_is_named_exists(named: dict[str, object]) -> None:
    assert set(named) <= set(CLAUSES)


@pytest.mark.parametrize(("name", "clause"), CLAUSES.items(), ids=CLAUSES)
def test_a_state_claims_no_more_than_there_is(name: str, clause: Clause) -> None:
    told, done, proved = name in FINDINGS, name in PLACES, name in PROOFS
    assert (clause.missing == "") == (clause.state == "enforced"), "say what is missing"
    match clause.state:
        case "enforced":
            assert told or done
            assert proved
        case "in part":
            assert done, "name the clause where the code carries it out"
            assert proved
        case "checked":
            assert told
            assert proved
            assert not done, "if it is carried out, it is more than checked"
        case "notice only" | "not yet":
            assert not any((told, done, proved)), "what there is of it is to be claimed"
