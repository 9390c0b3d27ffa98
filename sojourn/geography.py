"""Geography: the country of an IP address, from data that came with the program.

The address is looked at in memory and goes nowhere. The data are GeoLite2's, packed by geoip2fast.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

ADDRESSES_REMEMBERED = 10_000


# An address comes with every event of a visit.
@lru_cache(maxsize=ADDRESSES_REMEMBERED)
def country_of(address: str) -> str:
    """The two letters of an address's country (ISO 3166-1); "" where it has none or is no
    address."""
    found = str(_data().lookup(address).country_code)
    return found if len(found) == 2 and found.isalpha() else ""


@cache
def _data() -> Any:
    # It takes 40 MB and a third of a second, which only those pay whose policy looks at addresses.
    from geoip2fast import GeoIP2Fast

    return GeoIP2Fast(geoip2fast_data_file="geoip2fast-ipv6.dat.gz")
