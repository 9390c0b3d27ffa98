"""Extents: when what may be seen of each person begins and ends, against a plain loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.kernels.extents import extents

runs = st.lists(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 7)), max_size=6), max_size=6)


@settings(max_examples=100, deadline=None)
@given(runs, st.integers(1, 7))
def test_extents_are_those_of_the_lawful_events(
    people: list[list[tuple[int, int]]], purpose: int
) -> None:
    rows = [row for run in people for row in sorted(run)]
    ends = np.cumsum([len(run) for run in people], dtype=np.int64)
    starts = ends - np.array([len(run) for run in people], dtype=np.int64)
    ts = np.array([ms for ms, _ in rows], dtype=np.int64)
    purposes = np.array([mask for _, mask in rows], dtype=np.uint16)
    found = zip(*extents(starts, ends, ts, purposes, purpose), strict=True)
    lawful = [[ms for ms, mask in sorted(run) if mask & purpose] for run in people]
    assert [tuple(map(int, one)) for one in found] == [
        (min(run, default=0), max(run, default=0), len(run)) for run in lawful
    ]
