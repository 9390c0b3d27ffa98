"""A result: an answer in Python, with the shapes that data people work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from sojourn.errors import SojournError

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas
    import polars


class Table:
    """A flat table, with the shapes that data people work with."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def to_arrow(self) -> pa.Table:
        """The table as Arrow."""
        return self._table

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas frame."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The table as a polars frame."""
        import polars

        frame = polars.from_arrow(self.to_arrow())
        assert isinstance(frame, polars.DataFrame)
        return frame

    def __repr__(self) -> str:
        table = self.to_arrow()
        return f"Table({table.num_rows} rows of {', '.join(table.column_names)})"


class Result(Table):
    """The answer to a question, whose table has one row a step, point, cell or transition. `answer`
    is the frozen value that every interface gives."""

    def __init__(self, answer: Any, rows: list[dict[str, Any]]) -> None:
        self.answer = answer
        self.rows = rows

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values: what the HTTP interface sends."""
        plain: dict[str, Any] = msgspec.to_builtins(self.answer)
        return plain

    def to_arrow(self) -> pa.Table:
        """The flat table of the answer."""
        return pa.Table.from_pylist(self.rows)

    def plot(self) -> matplotlib.axes.Axes:
        """The picture of the answer, drawn with matplotlib (the `plot` extra)."""
        try:
            from sojourn import plot
        except ImportError:
            raise SojournError(
                "Plotting needs matplotlib", mend="Install it: pip install 'sojourn[plot]'."
            ) from None
        return plot.draw(self.answer, self.rows)

    def __repr__(self) -> str:
        return f"Result({self.answer!r})"
