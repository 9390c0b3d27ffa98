"""Kernels: one loop over the people of one part, as fast as memory allows. See `layout.py`."""

from __future__ import annotations

import importlib
import pkgutil


def warm() -> None:
    """Compile every kernel, or read it from the cache; no question compiles anything afterwards."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
