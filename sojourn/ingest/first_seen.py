"""First seen: which of the events of some inbox rows have not come before.

Message ids are known with the place where each was first seen, so that a replay makes the same
choice again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa

from sojourn.ingest.inbox import PLACES, Row
from sojourn.ingest.open_events import MESSAGE, sighting
from sojourn.ingest.project import Project
from sojourn.kept import Kept, joined


class Seen(NamedTuple):
    """The events that are seen for the first time, in the places of their orders of arrival; and by
    inbox row how many are to be stored and how many had come before."""

    kept: Kept
    stored: Counter[int]
    duplicates: Counter[int]


def first_seen(
    connection: sa.Connection, project: Project, rows: Sequence[Row], *, replayed: bool = False
) -> Seen:
    """Tell the events of rows of one project that are new from the others, and remember them."""
    came = _arrived(rows)
    orders = [*chain.from_iterable(lot.places for lot in came.lots)]
    digest, digests_of = project.vault.digest, project.vault.digests
    digests = [
        *chain.from_iterable(digests_of(MESSAGE, lot.message_ids) for lot in came.lots),
        *(digest(*sighting(event)) for _, event in came.others),
    ]
    # An event that was open counted when it came, and not again when it has closed.
    counting = orders + [order for order, event in came.others if not event.person]
    orders += [order for order, _ in came.others]
    known = project.message_ids.find(digests)
    if not replayed:
        # What was set aside and is sent again is tried again.
        aside = [digest for digest, order in known.items() if order < 0]
        project.message_ids.try_again(connection, aside)
        known = {digest: order for digest, order in known.items() if order > 0}
    first = _earliest(digests, orders) | known
    new = {digest: order for digest, order in first.items() if digest not in known}
    project.message_ids.add(connection, new)
    again = {order for order, one in zip(orders, digests, strict=True) if first[one] != order}
    duplicates = _by_row([order for order in counting if order in again])
    return Seen(came.without(again), _by_row(counting) - duplicates, duplicates)


def _arrived(rows: Sequence[Row]) -> Kept:
    every = [row.arrived() for row in rows]
    lots = joined(chain.from_iterable(kept.lots for kept in every))
    return Kept(lots, [*chain.from_iterable(kept.others for kept in every)])


def _earliest(digests: Sequence[bytes], orders: Sequence[int]) -> dict[bytes, int]:
    """The lowest order of each."""
    earliest = dict(zip(digests, orders, strict=True))
    if len(earliest) < len(digests):
        for digest, order in zip(digests, orders, strict=True):
            earliest[digest] = min(order, earliest[digest])
    return earliest


def _by_row(orders: Sequence[int]) -> Counter[int]:
    """How many of some orders of arrival are of each inbox row."""
    rows, counts = np.unique(np.array(orders, dtype=np.int64) // PLACES, return_counts=True)
    return Counter(dict(zip(rows.tolist(), counts.tolist(), strict=True)))
