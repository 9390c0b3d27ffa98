"""Choices of events by name and by conditions: how a question says which events it means."""

from __future__ import annotations

from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET, UnsetType

from sojourn.errors import BadQuestion

Scalar = str | float | bool

Of = Literal["event", "visit", "person"]
"""Whose property is meant: the event's own; the first value within the event's visit; or what was
last told of the person."""

CONDITIONS_MAX = 20
"""More conditions than a sentence can hold are a mistake, and each costs a pass over a column."""
PATTERN_CHARS_MAX = 1_000


class Condition(msgspec.Struct, frozen=True, rename={"is_": "is"}, forbid_unknown_fields=True):
    """One condition on one property: exactly one of the tests is set."""

    property: str
    of: Of = "event"
    is_: Scalar | tuple[Scalar, ...] | UnsetType = UNSET
    is_not: Scalar | tuple[Scalar, ...] | UnsetType = UNSET
    contains: str | UnsetType = UNSET
    contains_not: str | UnsetType = UNSET
    starts_with: str | UnsetType = UNSET
    matches: str | UnsetType = UNSET
    at_least: float | UnsetType = UNSET
    at_most: float | UnsetType = UNSET
    more_than: float | UnsetType = UNSET
    less_than: float | UnsetType = UNSET
    is_set: bool | UnsetType = UNSET


class EventChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which events are meant: those of a name (of any, when None) that satisfy all conditions."""

    event: str | None = None
    where: tuple[Condition, ...] = ()


def check(conditions: tuple[Condition, ...], where: str) -> None:
    """Refuse a list of conditions that cannot be evaluated."""
    if len(conditions) > CONDITIONS_MAX:
        raise BadQuestion(
            "Too many conditions",
            detail=f"There are {len(conditions)}; {CONDITIONS_MAX} are allowed.",
            where=where,
            mend="Leave some out.",
        )
    for number, condition in enumerate(conditions):
        tests = [getattr(condition, name) for name in condition.__struct_fields__[2:]]
        if sum(test is not UNSET for test in tests) != 1:
            raise BadQuestion(
                "A condition needs exactly one test",
                detail=f"The condition on “{condition.property}” has another number of them.",
                where=f"{where}[{number}]",
                mend="Give one of is, is_not, contains, contains_not, starts_with, matches, "
                "at_least, at_most, more_than, less_than, is_set.",
            )
        if condition.matches is not UNSET:
            _check_pattern(condition.matches, f"{where}[{number}].matches")


def _check_pattern(pattern: str, where: str) -> None:
    """Patterns are run by RE2, whose time is linear in the text: none can explode."""
    try:
        if len(pattern) > PATTERN_CHARS_MAX:
            raise ValueError(f"it is longer than {PATTERN_CHARS_MAX} characters")
        pc.match_substring_regex(pa.array([""]), pattern)
    except (ValueError, UnicodeEncodeError) as failure:
        raise BadQuestion(
            "This is no pattern that can be searched for",
            detail=f"{failure}."[:300],
            where=where,
            mend="Write a regular expression as RE2 reads it: no look-around, no back references.",
        ) from None
