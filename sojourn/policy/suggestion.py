"""Suggestion: entries of the catalogue for names that have arrived and that no policy speaks of.

A name only hints at what stands behind it. So what is proposed errs on the side of protecting, and
is for somebody to read: nothing of it holds until they put it into the policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from sojourn.policy import secrets, taxonomy
from sojourn.policy.facts.fideslang import NETWORK, meets
from sojourn.policy.model import Policy

_PLAIN = re.compile(r"[A-Za-z_](?:[\w .$/()-]*[\w)])?", re.ASCII)
_WORDS = frozenset(("true", "false", "null"))
_NETWORK = re.compile(r"(?:^|[._])ip(?:_?address)?$", re.IGNORECASE)


def entries(policy: Policy, events: Iterable[str], properties: Iterable[str]) -> str:
    """YAML to put under `properties:` and `events:`, for names that the policy does not have."""
    lines = [*_section("properties", _properties(policy, properties))]
    lines += _section("events", _events(policy, events))
    if not lines:
        return "# The policy names everything that has arrived.\n"
    return "\n".join(
        ("# Proposed by name alone: read each line before you take it over.", *lines, "")
    )


def _section(name: str, lines: Iterator[str]) -> Iterator[str]:
    found = sorted(lines)
    if found:
        yield f"{name}:"
        yield from found


def _properties(policy: Policy, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name in policy.properties or secrets.named_like(name):
            # A credential is refused wherever it stands; there is nothing to declare.
            continue
        if _NETWORK.search(name):
            category = _category(policy, identifying=True, network=True)
            yield f"  {_written(name)}: {{category: {category}, reduce: country}}"
        else:
            category = _category(policy, identifying=taxonomy.identifies(name, None))
            yield f"  {_written(name)}: {{category: {category}}}"


def _events(policy: Policy, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name in policy.events:
            continue
        category = _category(policy, identifying=False)
        known = policy.categories.get(category)
        purposes = ", ".join(map(_written, known.purposes if known else policy.purposes))
        yield f"  {_written(name)}: {{category: {category}, purposes: [{purposes}]}}"


def _category(policy: Policy, *, identifying: bool, network: bool = False) -> str:
    """The category that fits best; where there is none, one that is still to be declared."""
    undeclared = policy.undeclared.as_
    fitting = [name for name, own in policy.categories.items() if own.identifying == identifying]
    if network:
        fitting.sort(key=lambda name: not _is_network(policy, name))
    elif undeclared in fitting:
        return _written(undeclared)
    return _written(fitting[0]) if fitting else "identification" if identifying else "activity"


def _is_network(policy: Policy, category: str) -> bool:
    return any(meets(key, NETWORK) for key in policy.categories[category].means)


def _written(name: str | None) -> str:
    """A name as it stands in YAML, quoted where it has to be."""
    text = name or ""
    if _PLAIN.fullmatch(text) and text not in _WORDS:
        return text
    return msgspec.json.encode(text).decode()
