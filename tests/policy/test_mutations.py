"""Whatever a policy says, the compiler finds something or nothing, and never breaks."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.policy import source
from sojourn.policy.compile import CODES
from tests.policy.checking import GOOD, TODAY, findings

DATA = source.parse(GOOD).data

Path = tuple[str | int, ...]


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """The way to everything in plain data but itself."""
    entries: Any = enumerate(data) if isinstance(data, list) else ()
    if isinstance(data, dict):
        entries = data.items()
    for key, value in entries:
        yield (*path, key)
        yield from paths(value, (*path, key))


WORDS = sorted({str(path[-1]) for path in paths(DATA)})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3_000),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(
        [*WORDS, "", "consent", "default", "1 month", "99999 years", "0001-01-01", "9999-12-31"]
    ),
    st.sampled_from(["user", "user.content", "collect", "analytics", "XX", "US", "dpf", "bcr"]),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), inner, max_size=3),
    ),
    max_leaves=8,
)
MUTATIONS = st.tuples(
    st.sampled_from(list(paths(DATA))),
    st.one_of(
        st.just(("delete", None)),
        st.tuples(st.just("replace"), VALUES),
        st.tuples(st.just("rename"), st.one_of(st.sampled_from(WORDS), st.text(max_size=8))),
    ),
)
DAYS = st.sampled_from([date.min, date(2015, 10, 6), date(2020, 7, 16), TODAY, date.max])


def mutated(data: Any, path: Path, how: str, value: Any) -> None:
    """One change of the data in place; what an earlier one took away is left alone."""
    *way, last = path
    for key in way:
        known = (
            data
            if isinstance(data, dict)
            else dict(enumerate(data if isinstance(data, list) else ()))
        )
        if key not in known:
            return
        data = known[key]
    if isinstance(data, list) and isinstance(last, int) and last < len(data):
        if how == "delete":
            del data[last]
        else:
            data[last] = value
    elif isinstance(data, dict) and last in data:
        if how == "replace":
            data[last] = value
        else:
            taken = data.pop(last)
            if how == "rename":
                data[value] = taken


def is_told_well(text: str, at: date) -> None:
    """Everything found has its place in the text, a known code, and words."""
    lines = text.split("\n")
    for finding in findings(text, at):
        assert CODES[finding.code].title == finding.title
        # A text that ends too soon is told of on the line that would have come.
        assert 1 <= finding.line <= len(lines) + 1
        assert finding.column >= 1
        assert finding.what
        assert finding.mend


@settings(max_examples=150, deadline=None)
@given(st.lists(MUTATIONS, min_size=1, max_size=4), DAYS)
def test_any_mutation_is_found_or_compiles(
    mutations: list[tuple[Path, tuple[str, Any]]], at: date
) -> None:
    data = copy.deepcopy(DATA)
    for path, (how, value) in mutations:
        mutated(data, path, how, copy.deepcopy(value))
    is_told_well(json.dumps(data, indent=1), at)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(DATA)), VALUES), DAYS)
def test_any_data_are_found_or_compile(data: dict[str, Any], at: date) -> None:
    is_told_well(json.dumps(data, indent=1), at)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(["a", ":", " ", "\n", "  ", "-", "{", "}", "[", "]", ",", "&a", "*a"])
        ).map("".join),
        st.lists(st.sampled_from(GOOD.split("\n")), max_size=12).map("\n".join),
    )
)
def test_any_text_is_found_or_compiles(text: str) -> None:
    is_told_well(text, TODAY)


def test_every_deletion_is_found_or_compiles() -> None:
    for path in paths(DATA):
        data = copy.deepcopy(DATA)
        mutated(data, path, "delete", None)
        is_told_well(json.dumps(data, indent=1), TODAY)


def test_a_policy_of_five_thousand_lines_compiles() -> None:
    properties = "".join(
        f"  property_{number}: {{category: logs, purposes: [analytics]}}\n"
        for number in range(3_000)
    )
    events = "".join(
        f"  Event {number}: {{purposes: [analytics], properties: [property_{number}]}}\n"
        for number in range(2_000)
    )
    text = GOOD.replace("\nevents:\n", f"{properties}\nevents:\n{events}")
    assert len(text.split("\n")) > 5_000
    assert findings(text) == []
