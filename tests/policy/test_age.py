"""Age: a rule, with a default, within what the law knows."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, found

AGE = "age: {consent_from: {default: 16, FR: 15, DE: 16, BE: 13}, below: refuse}"


@pytest.mark.clause("S1-36")
@pytest.mark.parametrize(
    ("code", "new", "at"),
    [
        ("P521", "age: {below: refuse}", "age:"),
        ("P521", "age: {consent_from: {FR: 15}}", "consent_from:"),
        ("P522", "age: {consent_from: {default: 12}}", "12}"),
        ("P522", "age: {consent_from: {default: 16, FR: 18}}", "18}"),
        ("P523", "age: {consent_from: {default: 16, UK: 13}}", "UK:"),
    ],
)
def test_age(code: str, new: str, at: str) -> None:
    found(code, AGE, new, at)


@pytest.mark.clause("S1-36")
def test_no_rule_is_told() -> None:
    assert [code for code, _, _ in codes(changed(f"{AGE}\n", ""))] == ["P520"]
    assert [code for code, _, _ in codes(changed(AGE, "age:"))] == ["P520"]


def test_a_guardian_is_another_rule() -> None:
    assert codes(changed("below: refuse", "below: guardian")) == []
