"""Exceptions from erasure: an article, a scope, an end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.policy.checking import GOOD, TODAY, codes, found

ENTRY = "{article: 17(3)(b)"


@pytest.mark.clause("S1-39")
@pytest.mark.parametrize(
    ("code", "old", "new", "at"),
    [
        ("P640", "{article: 17(3)(b), ", "{", "{categories: [billing]"),
        ("P640", "article: 17(3)(b)", "article: 17(3)(f)", "17(3)(f)"),
        ("P641", ', until: "2036-11-01"', "", ENTRY),
        ("P642", "17(3)(b), categories: [billing]", "17(3)(b)", ENTRY),
        ("P643", "2036-11-01", "2026-11-21", '"2026-11-21"'),
    ],
)
def test_exception(code: str, old: str, new: str, at: str) -> None:
    found(code, old, new, at)


def test_an_exception_holds_on_its_last_day() -> None:
    on = GOOD.replace("2036-11-01", str(TODAY))
    assert codes(on) == []
    assert [code for code, _, _ in codes(on, at=TODAY + timedelta(days=1))] == ["P643"]
