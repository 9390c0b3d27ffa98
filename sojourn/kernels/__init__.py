"""Kernels: one loop over the people of one part, as fast as memory allows. See `layout.py`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from sojourn.kernels.compiled import Kernel


def found() -> Iterator[Kernel[..., object]]:
    """Every kernel of this folder, and what kernels call."""
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Kernel):
                yield value


def warm() -> None:
    """Compile every kernel that is not in the cache; no question compiles anything afterwards."""
    for kernel in found():
        if not kernel.is_compiled:
            kernel.load()
