"""One question, put to every engine in its own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sojourn.report import Question as Definition

Answer = Any
"""What an answer comes to, in plain lists and mappings: equal answers compare equal."""

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """A definition for Sojourn, and the best SQL known for each peer.

    `clickhouse` has a statement for each order of the table (see `engines/clickhouse.py`). All
    statements give rows of one shape, of which `of_rows` makes what `of_sojourn` makes of Sojourn's
    answer. With a `cell`, what is asked for are the people behind that cell of the answer.
    `headline` are the questions that DESIGN sets a target for.
    """

    name: str
    says: str
    definition: Definition
    clickhouse: Mapping[str, str]
    duckdb: str
    of_sojourn: Callable[[Any], Answer]
    of_rows: Callable[[Rows], Answer]
    cell: msgspec.Struct | None = None
    headline: bool = False
