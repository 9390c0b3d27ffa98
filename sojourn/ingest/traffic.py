"""Traffic: how somebody came to a page, from its address and its referrer.

What the link says goes before what the browser says: a campaign knows what it is. Of the kinds of
hosts there is a list in `referrers.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sojourn.wire import FORM_FIELDS_MAX, UTM

Way = tuple[str, str]
"""What of an address and a referrer `traffic_of` goes by: where that is the same, so is what it
finds."""
SUFFIX_PART_MAX = 3
"""A brand's `*` stands for one or two such parts: `com`, `co.uk`."""


def traffic_of(url: str, referrer: str) -> dict[str, str]:
    """Of an address and a referrer, each "" if there is none: `referrer_type` (`direct`,
    `internal`, `search`, `social`, `email`, `paid` or `backlink`), and `campaign.*` as far as the
    address names one."""
    asks = url.find("?")
    if asks < 0 or not _marks().search(url, asks):
        return {"referrer_type": _by_host(url, referrer)}
    asked = _query(url)
    campaign = {
        f"campaign.{ours}": asked[f"utm_{theirs}"]
        for theirs, ours in UTM.items()
        if asked.get(f"utm_{theirs}")
    }
    return {"referrer_type": _by_link(asked) or _by_host(url, referrer), **campaign}


def ways(urls: Sequence[Any], referrers: Sequence[Any]) -> Iterator[Way]:
    """In which ways people came, by addresses and referrers. What is no text tells nothing."""
    marks = _marks()
    # Most often none has a mark, which is told of all together in a fraction of the time.
    every = "\n".join([url for url in urls if type(url) is str])
    marked = any(word in every for word in _mark_words())
    for url, referrer in zip(urls, referrers, strict=True):
        if type(url) is not str or type(referrer) is not str:
            yield "", ""
        elif marked and "?" in url and marks.search(url):
            yield url, referrer
        elif referrer:
            yield _origin(url), _origin(referrer)
        else:
            yield url[:1], ""


def _origin(address: str) -> str:
    """All of an address in which its host can stand."""
    return "/".join(address.split("/", 3)[:3])


def _by_link(asked: dict[str, str]) -> str:
    """The kind that the link itself tells, "" if it tells none."""
    lists = _lists()
    if any(click in asked for click in lists["clicks"]["paid"]):
        return "paid"
    medium = asked.get("utm_medium", "").strip().lower()
    return next((kind for kind, words in lists["mediums"].items() if medium in words), "")


def _by_host(url: str, referrer: str) -> str:
    host = _host(referrer) if referrer else ""
    if not host:
        return "direct"
    own = _host(url)
    if own and (host == own or host.endswith(f".{own}") or own.endswith(f".{host}")):
        return "internal"
    hosts, parts = _kinds_of_hosts(), host.split(".")
    for begin in range(len(parts)):
        exact = ".".join(parts[begin:])
        if exact in hosts:
            return hosts[exact]
        suffix = parts[begin + 1 :]
        short = 1 <= len(suffix) <= 2 and all(len(part) <= SUFFIX_PART_MAX for part in suffix)
        if short and f"{parts[begin]}.*" in hosts:
            return hosts[f"{parts[begin]}.*"]
    return "backlink"


def _host(address: str) -> str:
    """The host of an address, without www; "" where it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _query(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url).query, max_num_fields=FORM_FIELDS_MAX))
    except ValueError:
        return {}


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("referrers.toml").read_text())


@cache
def _marks() -> re.Pattern[str]:
    """One of these stands in each address that tells how somebody came; most tell nothing."""
    return re.compile("|".join(map(re.escape, _mark_words())))


@cache
def _mark_words() -> tuple[str, ...]:
    return ("utm_", *_lists()["clicks"]["paid"])


@cache
def _kinds_of_hosts() -> dict[str, str]:
    lists = _lists()
    return {host: kind for kind in ("search", "social", "email") for host in lists[kind]}
