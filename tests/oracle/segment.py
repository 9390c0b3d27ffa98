"""Segments by their definition: each person is asked, one after the other."""

from __future__ import annotations

from dataclasses import replace

from msgspec import UNSET

from sojourn.period import instants
from sojourn.scope import FAR_MS, Scope
from sojourn.segment import Did, Segment
from tests.oracle.definitions import SECONDS, fits, holds, told, visible, visits
from tests.oracle.history import Row


def members(segment: Segment, rows: list[Row], scope: Scope) -> set[int]:
    """Of all people who have any row, those in the segment."""
    everybody = {row.person for row in rows}
    return {person for person in everybody if _is_in(segment, person, rows, scope)}


def _is_in(segment: Segment, person: int, rows: list[Row], scope: Scope) -> bool:
    if segment.are is not UNSET:
        known = told(rows, scope).get(person, {})
        return all(holds(condition, known) for condition in segment.are)
    if segment.did is not UNSET:
        start, end = instants(segment.did.period, scope.zone, scope.now_ms)
        own = replace(
            scope,
            start_ms=-FAR_MS if start is None else start,
            end_ms=FAR_MS if end is None else end,
        )
        return _did(segment.did, visible(rows, own).get(person, []), own)
    if segment.people is not UNSET:
        return person in segment.people
    if segment.not_ is not UNSET:
        return not _is_in(segment.not_, person, rows, scope)
    if segment.all is not UNSET:
        return all(_is_in(part, person, rows, scope) for part in segment.all)
    assert segment.any is not UNSET
    return any(_is_in(part, person, rows, scope) for part in segment.any)


def _did(did: Did, own: list[Row], scope: Scope) -> bool:
    def meant(row: Row) -> bool:
        return fits(did.event, did.where, row)

    if did.then:
        count, unit = ("7000 days" if did.within is UNSET else did.within).split()
        window_ms = int(count) * SECONDS[unit.rstrip("s")] * 1000

        def follows(position: int, step: int, opened: int) -> bool:
            if step == len(did.then):
                return True
            wanted = did.then[step]
            return any(
                fits(wanted.event, wanted.where, own[later])
                and own[later].ts - opened <= window_ms
                and follows(later + 1, step + 1, opened)
                for later in range(position, len(own))
            )

        return any(meant(row) and follows(place + 1, 0, row.ts) for place, row in enumerate(own))
    if did.sum is not UNSET:
        found = [row.properties.get(did.sum) for row in own if meant(row)]
        amount = float(
            sum(one for one in found if isinstance(one, int | float) and not isinstance(one, bool))
        )
    elif did.count == "visits":
        amount = sum(any(meant(row) for row in visit) for visit in visits(own, scope))
    else:
        amount = sum(meant(row) for row in own)
    if did.at_least is UNSET and did.at_most is UNSET and did.sum is UNSET:
        return amount >= 1
    enough = did.at_least is UNSET or amount >= did.at_least
    return enough and (did.at_most is UNSET or amount <= did.at_most)
