"""Whose connection it is: the address of the client, also behind proxies that we trust."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

from sojourn.errors import SojournError

FORWARDED = "x-forwarded-for"
Networks = tuple[IPv4Network | IPv6Network, ...]


def address_of(request: ASGIConnection[Any, Any, Any, Any], trusted: str) -> str:
    """The address of the client that asks, as `address_behind` tells it."""
    address = request.client.host if request.client else ""
    return address_behind(address, ",".join(request.headers.getall(FORWARDED, [])), trusted)


def address_behind(address: str, forwarded: str, trusted: str) -> str:
    """The address of the client of a connection from an `address`, "" when it cannot be told.

    `trusted` are the networks of our own proxies, separated by commas. Each proxy appends to
    X-Forwarded-For the address that it was asked from, in the same line or in one of its own, so
    the last one that is not ours is the client's; what stands before it may be invented.
    """
    networks = networks_of(trusted)
    if not networks or not _within(address, networks):
        return address
    for named in map(_without_port, reversed(forwarded.split(","))):
        if not named:
            continue
        if not _is_address(named):
            return ""
        address = named
        if not _within(address, networks):
            break
    return address


@lru_cache(maxsize=8)
def networks_of(trusted: str) -> Networks:
    """The networks of a setting, such as “10.0.0.0/8, ::1”."""
    try:
        return tuple(
            ip_network(part.strip(), strict=False) for part in trusted.split(",") if part.strip()
        )
    except ValueError as failure:
        raise SojournError(
            "The trusted proxies cannot be read",
            detail=f"{failure}.",
            where="SOJOURN_TRUSTED_PROXIES",
            mend="Give addresses or networks, separated by commas, such as 10.0.0.0/8.",
        ) from None


def _without_port(named: str) -> str:
    """An address as some proxies say it, `203.0.113.9:4711` or `[2001:db8::9]:4711`, alone."""
    named = named.strip()
    if named.startswith("["):
        return named[1:].partition("]")[0]
    return named.partition(":")[0] if named.count(":") == 1 else named


def _within(address: str, networks: Networks) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
