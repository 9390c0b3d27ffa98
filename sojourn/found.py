"""Implementations are found by their folder: one file each, nothing to register."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def found_in(package: str, name: str) -> dict[str, Any]:
    """The value `name` of every module of a package, by the module's name."""
    folder = importlib.import_module(package)
    return {
        module.name: getattr(importlib.import_module(f"{package}.{module.name}"), name)
        for module in pkgutil.iter_modules(folder.__path__)
    }
