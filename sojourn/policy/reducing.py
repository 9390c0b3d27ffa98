"""Reducing: what is taken from a value before anything is stored.

A reduction is compiled to one function of a value, which gives what is left of it, or None when
nothing is. What it cannot make sense of it drops: better nothing than too much.
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from sojourn.event import PropertyValue
from sojourn.policy.model import Reduction

_PLAIN_ADDRESS = re.compile(
    r"(?P<kept>https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?)"
    r"(?P<query>\?[^#\x00-\x20\x7f]*)?(?:#[^\x00-\x20\x7f]*)?"
)
"""An address as nearly all are: nothing of it need be taken apart to be cut."""

Reduce = Callable[[PropertyValue], PropertyValue | None]


def reducer(
    reduction: str | Reduction,
    digest: Callable[[str], str],
    country_of: Callable[[str], str],
) -> Reduce:
    """The function of a reduction. `digest` is the project's keyed hash of a text; `country_of` the
    two letters of an IP address's country, "" where it is unknown."""
    if isinstance(reduction, str):
        reduction = msgspec.convert({reduction: True}, Reduction)
    if reduction.drop:
        return lambda value: None
    if reduction.country:
        return lambda value: country_of(str(value)) or None
    if reduction.keyed_hash:
        return lambda value: digest(_written(value))
    steps: list[Reduce] = []
    if reduction.strip_query:
        kept = frozenset(reduction.keep)
        steps.append(lambda value: _without_query(str(value), kept))
    if reduction.truncate is not None:
        length = reduction.truncate
        steps.append(lambda value: truncated(str(value), length))
    if reduction.round is not None:
        unit = reduction.round
        steps.append(
            lambda value: _number(value, lambda number: float(round(number / unit) * unit))
        )
    if reduction.bucket:
        edges = reduction.bucket
        names = _ranges(edges)
        steps.append(lambda value: _number(value, lambda one: names[bisect_right(edges, one)]))
    return lambda value: _through(steps, value)


def _through(steps: list[Reduce], value: PropertyValue) -> PropertyValue | None:
    for step in steps:
        reduced = step(value)
        if reduced is None:
            return None
        value = reduced
    return value


def _without_query(address: str, kept: frozenset[str]) -> str | None:
    """An address without fragment, name and password, and with only some of its query."""
    plain = _PLAIN_ADDRESS.fullmatch(address)
    if plain is not None and not (kept and plain["query"]):
        return plain["kept"]
    try:
        parts = urlsplit(address)
        query = urlencode([(key, own) for key, own in parse_qsl(parts.query) if key in kept])
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, query, ""))
    except ValueError:
        return None


def truncated(text: str, length: int) -> str:
    """The first characters, or of an IP address the first bits, the others zero."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:length]
    bits = min(length, address.max_prefixlen)
    return str(ipaddress.ip_network((address, bits), strict=False).network_address)


def _number(
    value: PropertyValue, function: Callable[[float], PropertyValue]
) -> PropertyValue | None:
    if isinstance(value, bool):
        return None
    try:
        return function(float(value))
    except (ValueError, OverflowError):
        return None


def _ranges(edges: tuple[float, ...]) -> list[str]:
    between = [f"{low:g} – {high:g}" for low, high in pairwise(edges)]
    return [f"< {edges[0]:g}", *between, f"≥ {edges[-1]:g}"]


def _written(value: PropertyValue) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
