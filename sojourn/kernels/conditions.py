"""Which rows satisfy a condition on a property: one pass over its column, without a branch.

A property may have a column for each type of value; a condition is met where any of them meets it,
so each pass adds to `met` what it finds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import FLAGS, NUMBERS, TRUTHS, WORDS

MET = types.boolean[::1]


@compiled((WORDS, TRUTHS, MET))
def meet_text(values: NDArray[np.int32], wanted: NDArray[np.bool_], met: NDArray[np.bool_]) -> None:
    """Met where `wanted[code + 1]`; entry 0 stands for no value.

    Of few words all that is wanted fits into one number, and nothing has to be looked up.
    """
    if len(wanted) <= 64:
        bits = np.uint64(0)
        for code in range(len(wanted)):
            bits |= np.uint64(wanted[code]) << np.uint64(code)
        for i in range(len(values)):
            met[i] |= bits >> np.uint64(values[i] + 1) & np.uint64(1) != 0
        return
    for i in range(len(values)):
        met[i] |= wanted[np.uint32(values[i] + 1)]


@compiled((FLAGS, TRUTHS, MET))
def meet_flag(values: NDArray[np.int8], wanted: NDArray[np.bool_], met: NDArray[np.bool_]) -> None:
    """Met where `wanted[value + 1]`: of none, false and true."""
    for i in range(len(values)):
        met[i] |= wanted[np.uint32(values[i] + 1)]


@compiled((NUMBERS, types.float64, types.float64, MET))
def meet_number(
    values: NDArray[np.float64], lowest: float, highest: float, met: NDArray[np.bool_]
) -> None:
    """Met from `lowest` to `highest`, ends included; NaN is nowhere."""
    for i in range(len(values)):
        met[i] |= (values[i] >= lowest) & (values[i] <= highest)


@compiled(
    [
        (TRUTHS, types.boolean, types.uint64, width[::1])
        for width in (types.uint8, types.uint16, types.uint32, types.uint64)
    ],
)
def withdraw(
    met: NDArray[np.bool_], unless: bool, bit: int, held: NDArray[np.unsignedinteger[Any]]
) -> None:
    """Take `bit` from every row of `held` where the condition's outcome is not `unless`."""
    own = held.dtype.type(bit)
    for i in range(len(met)):
        held[i] &= ~(own * held.dtype.type(met[i] != unless))
