"""Rules for tests: those of a policy's text, or of the preset that a new project starts on."""

from __future__ import annotations

from datetime import date

from sojourn.policy import versions
from sojourn.policy.compile import compiled_to_run
from sojourn.policy.rules import Rules, rules_of

DAY = date(2026, 11, 22)


COUNTRIES = {"1.2.3.4": "FR", "9.9.9.9": "US"}
"""Where IP addresses lie in tests; others lie nowhere."""


def country_of(address: str) -> str:
    """The country of an IP address."""
    return COUNTRIES.get(address, "")


def rules(text: str = versions.preset(versions.PRESET)) -> Rules:
    """The rules of a policy."""
    policy = compiled_to_run(text, DAY).policy
    return rules_of(
        policy,
        {name: 1 << bit for bit, name in enumerate(policy.purposes)},
        number=1,
        digest=lambda value: f"digest of {value}",
        country_of=country_of,
    )
