"""Headcount: who is there, who of them may be seen, and how many events that is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.kernels.headcount import headcount


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=8))
def test_it_counts_whoever_has_an_event(people: list[tuple[int, bool]]) -> None:
    lengths = np.array([length for length, _ in people], dtype=np.int64)
    ends = np.cumsum(lengths)
    lawful = np.array([own for _, own in people], dtype=np.bool_)
    assert headcount(ends - lengths, ends, lawful) == (
        sum(length > 0 for length, _ in people),
        sum(length > 0 and own for length, own in people),
        sum(length for length, _ in people),
    )
