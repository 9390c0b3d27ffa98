"""Agents: what a browser or an app says of itself, read with the expressions of uap-core.

Only what many have in common is taken from it: no version and no model, by which somebody could be
told apart.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from ua_parser import Domain
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

AGENTS_REMEMBERED = 10_000
"""Nearly all people of a site share a few hundred; to read one anew takes 0.1 ms."""
AGENT_CHARS_MAX = 512
"""No browser says more; what follows would only cost time."""
SPIDER = "Spider"
MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|lighthouse|pingdom|phantomjs|uptime|statuscake|site24x7|gtmetrix"
    r"|pagespeed|newrelicpinger|facebookexternalhit|ia_archiver|link preview|feedfetcher",
    re.IGNORECASE,
)
"""Crawlers, monitors and previews, also those that the expressions do not know yet. Cubot makes
telephones."""
TV = re.compile(r"smart-?tv|appletv|googletv|hbbtv|crkey|bravia|web0s|roku|aft[a-z]", re.IGNORECASE)
TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook", re.IGNORECASE)
MOBILE = re.compile(r"mobi|iphone|ipod|windows phone|opera mini", re.IGNORECASE)
ANDROID = re.compile("android", re.IGNORECASE)
DESKTOP = re.compile("windows nt|macintosh|x11|cros ", re.IGNORECASE)


class Client(NamedTuple):
    """What an agent says: the families of the browser and of the operating system, the kind of
    device (`desktop`, `mobile`, `tablet` or `tv`), each only where it says one; and whether it is a
    machine that acts by itself."""

    properties: dict[str, str]
    is_bot: bool


@lru_cache(maxsize=AGENTS_REMEMBERED)
def client_of(agent: str) -> Client:
    """What an agent says. Nobody may change what is given back."""
    agent = agent[:AGENT_CHARS_MAX]
    read = _resolver()(agent, Domain.ALL)
    is_bot = bool(read.device and read.device.brand == SPIDER) or bool(MACHINES.search(agent))
    said = {
        "browser": read.user_agent.family if read.user_agent else "",
        "os": read.os.family if read.os else "",
        "device": "" if is_bot else _device(agent),
    }
    return Client({name: value for name, value in said.items() if value}, is_bot)


def _device(agent: str) -> str:
    if TV.search(agent):
        return "tv"
    # Android's own rule: a telephone says “Mobile”, a tablet does not.
    mobile = MOBILE.search(agent)
    if TABLET.search(agent) or (ANDROID.search(agent) and not mobile):
        return "tablet"
    if mobile:
        return "mobile"
    return "desktop" if DESKTOP.search(agent) else ""


@cache
def _resolver() -> Resolver:
    # It takes 35 MB and two thirds of a second, which only those pay to whom browsers send.
    return Resolver(load_lazy_builtins())
