"""The two examples: as written, exactly the findings that the clauses name; as corrected, none of
them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from sojourn.policy.compile import compile as compile_policy
from tests.policy.checking import TODAY
from tests.policy.expected import EXAMPLES, SEEDS, compiled, found, kept

NAMED = {
    "woopra": "S1-01 S1-03 S1-10 S1-14 S1-16 S1-18 S1-24 S1-27 S1-28 S1-32 S1-38",
    "popwork": ("S2-01 S2-02 S2-06 S2-07 S2-08 S2-10 S2-11 S2-14 S2-15 S2-18 S2-19 S2-20 S2-21"),
}
"""The clauses that a careful transcription is told (clauses, section 1.4)."""

MISSING_FIELDS = {
    "P404": "location",
    "P603": "location",
    "P420": "transfer tool",
    "P107": "retention",
    "P109": "retention",
    "P604": "role",
    "P602": "contact",
    "P620": "channel for rights",
}
"""What S2-21 says is absent from both tables, and the code that tells it."""

WORTH_KNOWING = {
    "woopra": {"P606", "P651", "P652"},
    "popwork": {"P232", "P651", "P652"},
}
"""Notes: nothing is wrong there, and the clauses name none of them."""

PREFIX = {"woopra": "S1-", "popwork": "S2-"}
SEED_TEXTS = {
    "woopra": "woopra-privacy-policy.txt",
    "popwork": "popwork-data-and-subprocessors.txt",
}
WORDS_IN_A_ROW_MAX = 6


def named(seed: str) -> set[str]:
    """The clause ids of a seed that must be told."""
    return set(NAMED[seed].split())


def own(seed: str, clauses: tuple[str, ...]) -> set[str]:
    """Those of some clauses that are of this seed."""
    return {clause for clause in clauses if clause.startswith(PREFIX[seed])}


@pytest.mark.parametrize("seed", SEEDS)
def test_as_written_it_is_told_exactly_what_is_kept(seed: str) -> None:
    assert found(seed) == json.loads(kept(seed).read_text()), (
        "if this is meant: python -m tests.policy.expected"
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_as_written_it_is_told_the_clauses_that_are_named_and_no_other(seed: str) -> None:
    wrong = [one for one in compiled(seed, "as-written").findings if one.level != "note"]
    assert set().union(*(own(seed, one.clauses) for one in wrong)) == named(seed)
    beside = [one for one in wrong if not own(seed, one.clauses)]
    assert beside == []


@pytest.mark.parametrize("seed", SEEDS)
def test_as_written_only_these_notes_stand_beside(seed: str) -> None:
    notes = {one.code for one in compiled(seed, "as-written").findings if one.level == "note"}
    assert notes == WORTH_KNOWING[seed]


@pytest.mark.clause("S2-21")
def test_of_the_tables_exactly_six_fields_are_missing() -> None:
    errors = compiled("popwork", "as-written").errors
    telling = {one.code for one in errors if "S2-21" in one.clauses}
    assert {MISSING_FIELDS[code] for code in telling} == set(MISSING_FIELDS.values())


def test_who_is_at_work_needs_no_age_rule_and_a_visitor_does() -> None:
    text = compiled("popwork", "as-written").text
    assert text.count("subjects: [employee]") == 1
    wider = text.replace("subjects: [employee]", "subjects: [employee, visitor]")
    told = {one.code for one in compile_policy(wider, TODAY).findings}
    assert "P520" in told
    assert "P520" not in {one.code for one in compiled("popwork", "as-written").findings}


@pytest.mark.parametrize("seed", SEEDS)
def test_as_corrected_it_compiles_without_error_and_every_finding_is_resolved(seed: str) -> None:
    corrected = compiled(seed, "as-corrected")
    assert corrected.errors == ()
    comments = " ".join(re.findall(r"#.*", corrected.text))
    # What is left to be told is justified: a comment names its code.
    assert [one for one in corrected.findings if one.code not in comments] == []
    before = {(one.code, one.path) for one in compiled(seed, "as-written").findings}
    assert before.isdisjoint((one.code, one.path) for one in corrected.findings)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_corrected_comments_name_each_clause_where_it_is_resolved(seed: str) -> None:
    comments = " ".join(re.findall(r"#.*", compiled(seed, "as-corrected").text))
    assert {clause for clause in named(seed) if clause not in comments} == set()


def test_every_system_of_the_tables_is_a_recipient_that_says_all() -> None:
    recipients = compiled("popwork", "as-corrected").policy.recipients
    assert len(recipients) == 22
    for name, recipient in recipients.items():
        assert recipient.name, name
        assert recipient.categories, name
        assert recipient.purposes, name
        assert recipient.country, name
        assert recipient.agreement is not None, name
        assert recipient.agreement.signed, name
        # Within the EEA nothing is transferred.
        assert (recipient.transfer is not None) == (recipient.country == "US"), name


@pytest.mark.clause("S1-03")
def test_a_mechanism_falls_and_the_findings_change() -> None:
    text = (EXAMPLES / "woopra/as-written.yaml").read_text()
    written, later = (
        compile_policy(text, day).findings for day in (date(2020, 1, 27), date(2020, 8, 1))
    )
    fallen = [one for one in later if one not in written]
    assert {one.code for one in fallen} == {"P422"}
    assert len(fallen) == 1 + len(compiled("woopra", "as-written").policy.recipients)
    assert all("C-311/18" in one.what for one in fallen)
    assert set(written) < set(later)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("version", ["as-written", "as-corrected"])
def test_no_sentence_of_the_document_is_carried_over(seed: str, version: str, shared: Path) -> None:
    theirs = _rows((shared / "seeds" / SEED_TEXTS[seed]).read_text())
    assert _rows(compiled(seed, version).text) & theirs == set()


def _rows(text: str) -> set[tuple[str, ...]]:
    """Every row of so many words of a text, whose addresses are facts."""
    words = re.findall(r"[a-z]+", re.sub(r"https?://\S+", "", text.lower()))
    return set(zip(*(words[start:] for start in range(WORDS_IN_A_ROW_MAX)), strict=False))
