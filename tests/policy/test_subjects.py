"""Whose data are used: said with a purpose, by its categories, or for all at the top."""

from __future__ import annotations

import csv
import io
import json
import re

from sojourn.policy import show
from sojourn.policy.compile import CODES
from tests.policy.checking import GOOD, TODAY, changed, codes, findings

NOBODY = re.sub(r"(, |\n *)subjects: \[.*?\]", "", GOOD)
TOP = changed("\ncategories:\n", "\nsubjects: [visitor, person, prospect]\n\ncategories:\n", NOBODY)


def whose(text: str) -> dict[str, list[str]]:
    """The people of each purpose in the record of processing."""
    record = json.loads(show.shown(text, "record", "json", TODAY))
    return {one["purpose"]: one["subjects"] for one in record["activities"]}


def test_nobody_is_told_once_with_the_clause() -> None:
    assert "subjects" not in NOBODY
    (only,) = findings(NOBODY)
    assert (only.code, only.level, only.line) == ("P112", "warning", 1)
    assert only.clauses == ("GDPR 30(1)(c)",)
    assert "“service”" in only.what
    assert only.level == CODES["P102"].level


def test_the_list_at_the_top_speaks_for_all_who_name_nobody() -> None:
    assert codes(TOP) == []
    assert set(map(tuple, whose(TOP).values())) == {("visitor", "person", "prospect")}
    rows = list(csv.DictReader(io.StringIO(show.shown(TOP, "record", "csv", TODAY))))
    assert {row["subjects"] for row in rows} == {"visitor, person, prospect"}
    assert "Whose data</dt><dd>visitor, person and prospect" in show.shown(TOP, "record", "", TODAY)
    assert "Whose</dt><dd>visitor, person and prospect" in show.shown(TOP, "notice", "", TODAY)
    assert "data_subjects:\n    - visitor\n    - person" in show.shown(TOP, "fides", "", TODAY)


def test_who_names_people_is_heard() -> None:
    purpose = changed(
        "{use: essential.service,", "{subjects: [prospect], use: essential.service,", TOP
    )
    assert whose(purpose)["service"] == ["prospect"]
    category = changed(
        "    means: [user.payment]\n", "    means: [user.payment]\n    subjects: [person]\n", TOP
    )
    assert whose(category)["invoices"] == ["person"]
    assert whose(category)["service"] == ["visitor", "person", "prospect"]


def test_a_purpose_for_what_is_about_nobody_has_nobody() -> None:
    code = (
        "  code: {means: [system.operations], contains_personal_data: false, purposes: [build]}\n"
    )
    text = changed(
        "\npurposes:\n", f"{code}\npurposes:\n  build: {{use: operations, basis: contract}}\n", TOP
    )
    assert whose(text)["build"] == []
    assert "Whose data</dt><dd>nobody&#x27;s" in show.shown(text, "record", "", TODAY)
    assert "P112" not in {found for found, _, _ in codes(text)}
