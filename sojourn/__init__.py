"""Sojourn: customer-journey analytics that you host, whose privacy policy is its program.

import sojourn

with sojourn.open("sojourn-data") as s:
    shop = s.project("shop")
    shop.funnel(["cart", "catalog", "main"], within="10 minutes").to_pandas()
"""

from sojourn.errors import SojournError
from sojourn.library import Library, open
from sojourn.result import Result

__all__ = ["Library", "Result", "SojournError", "open"]
