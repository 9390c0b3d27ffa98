"""Aggregates: how many people stand behind a number that is given away."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, found

SHARED = "aggregates: {minimum: 10, shared: true}"


@pytest.mark.clause("S1-18")
@pytest.mark.parametrize(
    ("code", "new", "at"),
    [
        ("P530", "aggregates: {shared: true}", "aggregates:"),
        ("P531", "aggregates: {minimum: 4, shared: true}", "4, shared"),
        ("P531", "aggregates: {minimum: 0}", "0}\nexceptions"),
        ("P532", "aggregates: {minimum: 5, shared: true}", "5, shared"),
        ("P532", "aggregates: {minimum: 9}", "9}"),
    ],
)
def test_aggregates(code: str, new: str, at: str) -> None:
    found(code, SHARED, new, at)


@pytest.mark.parametrize("new", ["", "aggregates: {minimum: 10}", "aggregates: {shared: false}"])
def test_what_is_not_shared_needs_no_number(new: str) -> None:
    assert codes(changed(SHARED, new)) == []
