"""An engine: holds the log, and answers questions in its own words. The contract.

Each file in `engines/` brings one: it fills a folder once, and opens it for asking. It is imported
only in the process that needs it, so that one engine's code takes no memory of another's process.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from bench.question import Answer, Question, Rows

LIMIT_S = 300
"""A question that takes longer is cut off, and its row says so."""
CORES = os.cpu_count() or 1
"""Every engine may use all of them."""


class TooLong(Exception):
    """The question was cut off after `LIMIT_S` seconds."""


class Engine(Protocol):
    """An open engine."""

    def ask(self, question: Question) -> Any:
        """The whole answer, in memory, in the shape that the engine gives; this is timed."""
        ...

    def plain(self, question: Question, given: Any) -> Answer:
        """The answer in the form in which answers compare."""
        ...

    def close(self) -> None:
        """Let go of the folder."""
        ...


def size_of(folder: Path, pattern: str = "*") -> int:
    """The bytes of all files below a folder whose names match."""
    return sum(file.stat().st_size for file in folder.rglob(pattern) if file.is_file())


def rows_of(table: pa.Table) -> Rows:
    """An Arrow table as rows of plain values."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
