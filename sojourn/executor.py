"""An executor runs one function over many parts. The contract.

Kernels release the interpreter's lock and take plain arrays, so threads use every core of one
machine; the same functions, given serialisable parts, can run on many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sojourn.timeline import Timeline

Result = TypeVar("Result")


class Executor(Protocol):
    """Runs a pure function over parts."""

    def map(
        self, function: Callable[[Timeline], Result], parts: Sequence[Timeline]
    ) -> list[Result]:
        """The function's results, in the order of the parts."""
        ...

    def close(self) -> None:
        """Release what the executor holds."""
        ...
