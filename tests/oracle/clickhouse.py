"""ClickHouse, in a process of its own: it brings a memory allocator of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.oracle.history import Row

ANSWER = """
import json, sys, chdb
connection = chdb.connect(":memory:")
for statement in sys.stdin:
    try:
        rows = connection.query(statement, "JSONCompactEachRow").data().splitlines()
        print("[" + ",".join(rows) + "]", flush=True)
    except RuntimeError as refusal:
        print(json.dumps(str(refusal)), flush=True)
"""

SETTINGS = """
SETTINGS output_format_json_quote_64bit_integers = 0, allow_experimental_funnel_functions = 1,
    compile_expressions = 0, max_threads = 1
"""
"""Nothing here is worth compiling, or a thread."""


class ClickHouse:
    """An engine to which statements are given one after another; close it in the end."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", ANSWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, statement: str) -> list[list[Any]]:
        """The rows a statement gives; it must not be refused."""
        asking, answering = self._process.stdin, self._process.stdout
        assert asking is not None
        assert answering is not None
        print(" ".join(f"{statement} {SETTINGS}".split()), file=asking, flush=True)
        rows = json.loads(answering.readline())
        assert isinstance(rows, list), rows
        return rows

    def by_person(self, expression: str, table: str) -> dict[int, Any]:
        """What an aggregate says of each person."""
        return dict(self.ask(f"SELECT person, {expression} FROM {table} GROUP BY person"))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def values(rows: Sequence[Row]) -> str:
    """Rows as a table that a statement brings with it; there is at least one."""
    written = ", ".join(f"({row.person}, {row.ts}, '{row.name}')" for row in rows)
    return f"values('person Int64, ts UInt64, event String', {written})"
