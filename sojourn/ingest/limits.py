"""Limits: what an event may be, whatever the policy says."""

from __future__ import annotations

NAME_CHARS_MAX = 200
"""Event and property names are read by people; longer ones are data that strayed into a name."""
EVENT_BYTES_MAX = 32 * 1024
"""Segment's own limit for one message."""
EVENT_NAMES_MAX = 10_000
"""Codes have 16 bits, and a list of names must stay one that a person can pick from."""
PROPERTY_NAMES_MAX = 2_000
"""Each is a column of the table; beyond this, names are made of data."""
PROPERTIES_MAX = 256
"""Twice what Woopra's libraries send; each becomes a column."""
OLDEST_MS = 315_532_800_000
"""1980-01-01: earlier instants are zero or seconds mistaken for milliseconds."""
SKEW_MS_MAX = 24 * 3_600_000
"""A clock may be wrong by its time zone, not by more."""


def is_plausible(ts: int, received_ms: int) -> bool:
    """Whether something that arrived at an instant can have happened at another."""
    return OLDEST_MS <= ts <= received_ms + SKEW_MS_MAX
