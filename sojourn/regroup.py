"""Timelines whose runs are visits instead of people: the same kernels then count within visits."""

from __future__ import annotations

from dataclasses import replace

from sojourn.kernels.visits import visits
from sojourn.scope import Scope
from sojourn.timeline import Timeline


def by_visit(timeline: Timeline, scope: Scope) -> Timeline:
    """One run a visit; `people` names the owner of each, so a person stands there once a visit.

    The order is that of the people, and within a person of time. Facts are left out.
    """
    owner, starts, ends = visits(*timeline.arrays, scope.visit_gap_ms, *scope.bounds)
    return replace(timeline, people=timeline.people[owner], facts=starts, starts=starts, ends=ends)
