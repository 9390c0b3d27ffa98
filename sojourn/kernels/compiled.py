"""How a loop becomes a kernel: compiled for the types it is given here, loaded when first called.

    @compiled((*TIMELINE, *MARKS, *SCOPE))
    def some_loop(starts, ends, ts, event, purposes, table, held, start_ms, end_ms, purpose): ...

What the compiler makes is kept in a file (numba's cache). Reading it back takes a hundredth of a
second, but the first brings LLVM, with three tenths and 50 MB, and all together 26 MB more. So a
process has only the kernels it has called: one that answers no questions has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from llvmlite.binding import get_host_cpu_name
from numba import njit
from numba.core.caching import FunctionCache
from numba.core.types import Array
from numba.core.typing.templates import Signature

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Kernel(Generic[Parameters, Result]):
    """A loop and the types that it takes: a tuple of them, or a list of such tuples."""

    def __init__(self, loop: Callable[Parameters, Result], types: Any) -> None:
        update_wrapper(self, loop)
        self.loop = loop
        self._types = types
        # A kernel asks for arrays that are only read, and is given others. To numba these are of
        # other types, which it makes when it first meets them and forgets when nobody has them. Two
        # threads that make one at the same time leave it with two, which do not match, and from
        # then on no kernel can be called. So they are made here, where modules are imported.
        self._given = [_writable(one) for one in _arrays(types)]

    @cached_property
    def machine_code(self) -> Any:
        """numba's dispatcher for these types and no others, from its cache or newly compiled."""
        return njit(self._types, cache=True, nogil=True)(self.loop)

    @property
    def is_compiled(self) -> bool:
        """Whether numba's cache has it, for this processor and the loop as it is written now."""
        # numba can only say so by loading it, so we look into the index of its cache, whose keys
        # are (types, (platform, processor, its features), hashes); it is empty when out of date.
        cache: Any = FunctionCache(self.loop)  # type: ignore[no-untyped-call]
        index = cache._cache_file._load_index()
        return any(get_host_cpu_name() in made_for for _, made_for, _ in index)

    def load(self) -> None:
        """Be ready to be called."""
        _ = self.machine_code

    def __call__(self, *values: Parameters.args, **named: Parameters.kwargs) -> Result:
        result: Result = self.machine_code(*values, **named)
        return result

    @property
    def _numba_type_(self) -> Any:
        # By this name numba asks a value what it is: a kernel may be called by another.
        return self.machine_code._numba_type_


def _arrays(signatures: Any) -> Iterator[Any]:
    """The types of arrays in a tuple of types, in a signature, or in a list of either."""
    for one in getattr(signatures, "args", signatures):
        if isinstance(one, tuple | list | Signature):
            yield from _arrays(one)
        elif isinstance(one, Array):
            yield one


def _writable(array: Any) -> Any:
    return Array(array.dtype, array.ndim, array.layout)


def compiled(types: Any) -> Callable[[Callable[Parameters, Result]], Kernel[Parameters, Result]]:
    """Make a loop a kernel for these types."""
    return lambda loop: Kernel(loop, types)
