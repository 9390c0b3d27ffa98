"""The planted truths, counted by hand, and the page that tells people of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sojourn.demo import TRUTHS, Truth, observed

from .by_hand import Answers

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "demo.md"

FEWER_PEOPLE = 2.0
"""The tolerances are for 20,000 people; with 3,000 the smallest group is a few dozen companies."""


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_truth_comes_out(truth: Truth, answers: Answers) -> None:
    ratio = observed(truth, answers.ask)
    assert ratio == pytest.approx(truth.ratio, rel=truth.tolerance * FEWER_PEOPLE)


def test_names_of_truths_are_unique() -> None:
    assert len({truth.name for truth in TRUTHS}) == len(TRUTHS)


def test_page_has_every_question_to_paste_and_no_other() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    on_page = [json.loads(block) for block in blocks]
    planted = [
        question.definition for truth in TRUTHS for question in (truth.numerator, truth.denominator)
    ]
    assert all(definition in on_page for definition in planted)
    assert all(definition in planted for definition in on_page)


def test_page_has_every_truth_in_the_same_words() -> None:
    page = PAGE.read_text()
    assert [truth.sentence for truth in TRUTHS if truth.sentence not in page] == []
