"""Few rows have the words that they had, and carry no others."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.timeline import Column
from sojourn.timelines.columns import few

WORDS = ("a", "b", "c", "d")


@settings(deadline=None)
@given(st.lists(st.integers(-1, 3), min_size=1, max_size=12), st.data())
def test_few_rows_keep_their_words_and_carry_no_others(
    codes: list[int], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(codes) - 1), max_size=8))
    whole = Column("text", np.array(codes, dtype=np.int32), WORDS)
    found = few(whole, np.array(rows, dtype=np.int64))
    expected = [WORDS[codes[row]] if codes[row] >= 0 else None for row in rows]
    assert [found.words[code] if code >= 0 else None for code in found.values] == expected
    assert sorted(found.words) == sorted({word for word in expected if word is not None})
