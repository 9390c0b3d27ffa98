"""What is put together run by run is what sorting all rows gives, whoever moved in between."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.store import BUCKETS
from sojourn.timelines.arrivals import PROVISIONAL
from sojourn.timelines.canon import Canon
from sojourn.timelines.joining import Origin, Piece, joined
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.part import ARRAYS, Part, Rows

PEOPLE = 6
Row = tuple[int, bool, int, int, bool]
"""Whose, whether it happened, when, of which part, and whether it is provisional."""
rows_of = st.lists(
    st.tuples(
        *(st.integers(0, PEOPLE - 1), st.booleans(), st.integers(0, 3), st.integers(0, 2)),
        st.booleans(),
    ),
    max_size=25,
)
merges_of = st.lists(st.tuples(*(st.integers(0, PEOPLE - 1),) * 2), max_size=3)


def rows(numbers: np.ndarray, told: list[Row]) -> Rows:
    """Some of the rows; a row's number is its order of arrival, and the code of its event."""
    own = [told[number] for number in numbers]
    order = np.array([n + PROVISIONAL * told[n][4] for n in numbers], dtype=np.int64)
    return Rows(
        np.array([row[0] for row in own], dtype=np.int64),
        np.array([row[2] for row in own], dtype=np.int64),
        order,
        numbers.astype(np.uint16),
        np.full(len(own), 1, dtype=np.uint16),
        np.array([row[1] for row in own], dtype=np.bool_),
    )


def part(numbers: np.ndarray, told: list[Row], canon: Canon) -> tuple[Part, Origin]:
    own = rows(numbers, told)
    arrays, places = own.arranged(canon.of_all(own.person))
    made = Part(**arrays, ledger=Ledger(), read=lambda part, asked: {})
    source = np.full(len(numbers), BUCKETS, dtype=np.uint8)
    return made, Origin(source, numbers[places])


@settings(deadline=None)
@given(rows_of, merges_of, merges_of, st.sets(st.integers(0, 24)), st.booleans())
def test_joined_is_sorted(
    told: list[Row],
    before: list[tuple[int, int]],
    since: list[tuple[int, int]],
    withdrawn: set[int],
    settles: bool,
) -> None:
    canon, pieces = Canon(), []
    for person, into in before:
        canon.merge(person, into)
    for own in range(3):
        numbers = np.array([n for n, row in enumerate(told) if row[3] == own], dtype=np.int64)
        made, origin = part(numbers, told, canon)
        pieces.append(Piece(made, origin, np.arange(len(made.people))))
    for person, into in since:
        if canon.became(person) is not None:
            canon.split(person)
        else:
            canon.merge(person, into)
    stands = np.array([number not in withdrawn for number in range(len(told))], dtype=np.bool_)
    if settles:
        arrays, origin = joined(pieces, canon, last=len(told) // 2)
        wanted = [n for n, row in enumerate(told) if not row[4] and n <= len(told) // 2]
    else:
        arrays, origin = joined(pieces, canon, stands=stands)
        wanted = [n for n, row in enumerate(told) if not row[4] or stands[n]]
    expected, from_where = part(np.array(wanted, dtype=np.int64), told, canon)
    for name in ARRAYS:
        assert arrays[name].tolist() == getattr(expected, name).tolist(), name
    assert origin.row.tolist() == from_where.row.tolist()
    assert origin.source.tolist() == from_where.source.tolist()
