"""Every code has one section in the reference, which says what the compiler says; and no other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from sojourn.policy.compile import CHECKS, CODES

PAGE = Path(__file__).parents[2] / "docs/reference/findings.md"
SECTIONS = re.findall(r"^## (\S+) (.+)\n\n(.+)\n\n(?!## )(\S)", PAGE.read_text(), re.MULTILINE)


def test_sections_are_those_of_the_codes_in_their_order() -> None:
    assert [code for code, _, _, _ in SECTIONS] == list(CODES)


@pytest.mark.parametrize(("code", "title", "about"), [section[:3] for section in SECTIONS])
def test_section_has_the_title_level_and_clauses_of_its_code(
    code: str, title: str, about: str
) -> None:
    known = CODES[code]
    assert title == known.title
    assert about == " · ".join([known.level, ", ".join(known.clauses)]).removesuffix(" · ")


def test_every_code_has_one_meaning() -> None:
    every = Counter(code.code for check in CHECKS.values() for code in check.codes)
    assert [code for code, times in every.items() if times > 1] == []
    titles = Counter(code.title for code in CODES.values())
    assert [title for title, times in titles.items() if times > 1] == []
