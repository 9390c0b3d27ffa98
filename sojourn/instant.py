"""Reading the instants that clients and files give: ISO 8601, or an epoch in s, ms or µs."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

from sojourn.period import to_ms

SECONDS_MAX = 1e11
"""Seconds beyond this lie past the year 5138, so a larger number is milliseconds."""
MILLISECONDS_MAX = 1e14
"""Likewise, a number larger than this is microseconds."""


def instant_ms(given: object, zone: tzinfo = UTC) -> int | None:
    """Milliseconds since 1970 in UTC; None when `given` is no instant.

    A time without an offset is taken in `zone`. Digits below the millisecond are cut off.
    """
    if isinstance(given, str):
        text = given.strip()
        if text[4:5] == "-" and text[:4].isdigit():
            # Nearly every one is such; that it is no number would take longer to find out.
            return _from_iso(text, zone)
        try:
            given = float(text)
        except ValueError:
            return _from_iso(text, zone)
    if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) < math.inf:
        return None
    size = abs(given)
    if size < SECONDS_MAX:
        return round(given * 1000)
    return int(given) if size < MILLISECONDS_MAX else int(given // 1000)


def _from_iso(text: str, zone: tzinfo) -> int | None:
    try:
        instant = datetime.fromisoformat(text)
        return to_ms(instant if instant.tzinfo else instant.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return None
