"""Sojourn: customer-journey analytics that you host, whose privacy policy is its program.

import sojourn

with sojourn.open("sojourn-data") as s:
    shop = s.project("shop")
    shop.funnel(["cart", "catalog", "main"], within="10 minutes").to_pandas()

Each name is loaded when it is first used: a program that only sends events (`sojourn.Client`) loads
nothing that answers questions.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.client import Client
    from sojourn.errors import SojournError
    from sojourn.library import Library, open
    from sojourn.result import Result

__all__ = ["Client", "Library", "Result", "SojournError", "open"]

_homes = {
    "Client": "sojourn.client",
    "Library": "sojourn.library",
    "Result": "sojourn.result",
    "SojournError": "sojourn.errors",
    "open": "sojourn.library",
}


def __getattr__(name: str) -> Any:
    """One of the names above, from where it is."""
    if name not in _homes:
        raise AttributeError(f"module “sojourn” has no attribute “{name}”")
    value = getattr(import_module(_homes[name]), name)
    globals()[name] = value
    return value
