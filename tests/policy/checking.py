"""What the tests of the checks share: a policy with nothing to find, and what is found in another.

A test takes one thing away from `GOOD`, or changes one, and says which finding stands where.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sojourn.policy.compile import compile as compile_policy
from sojourn.policy.finding import Finding

TODAY = date(2026, 11, 22)

GOOD = Path(__file__).with_name("good.yaml").read_text()
"""Says everything that a policy can say, and compiles without any finding."""


def findings(text: str, at: date = TODAY) -> list[Finding]:
    """All that is found in a policy as of a day."""
    return list(compile_policy(text, at).findings)


def codes(text: str, at: date = TODAY) -> list[tuple[str, int, int]]:
    """Code, line and column of each finding, in the order of their places."""
    return [(found.code, found.line, found.column) for found in findings(text, at)]


def changed(old: str, new: str, text: str = GOOD) -> str:
    """The policy with one thing in it changed, which must stand in it exactly once."""
    assert text.count(old) == 1, f"“{old}” stands there {text.count(old)} times"
    return text.replace(old, new)


def found(code: str, old: str, new: str, at: str) -> None:
    """Changing `old` to `new` in the good policy gives one finding, `code`, where `at` begins.

    `at` stands once in the changed policy.
    """
    text = changed(old, new)
    assert codes(text) == [(code, *place(text, at))], findings(text)


def place(text: str, needle: str) -> tuple[int, int]:
    """Line and column of what stands in a text exactly once, from 1."""
    assert text.count(needle) == 1, f"“{needle}” stands there {text.count(needle)} times"
    above = text[: text.index(needle)].split("\n")
    return len(above), len(above[-1]) + 1
