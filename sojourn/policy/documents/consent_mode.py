"""Defaults for Google's consent mode, by region: what is denied until somebody agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from sojourn.policy import meaning
from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.facts.fideslang import within
from sojourn.policy.facts.regions import EEA
from sojourn.policy.model import Policy
from sojourn.policy.rules import EVERYWHERE, basis_in

TYPES = {
    "ad_storage": ("marketing.advertising",),
    "ad_user_data": ("marketing.advertising",),
    "ad_personalization": (
        "marketing.advertising.first_party.targeted",
        "marketing.advertising.third_party",
        "marketing.advertising.profiling",
    ),
    "analytics_storage": ("analytics",),
    "functionality_storage": ("functional",),
    "personalization_storage": ("personalize",),
    "security_storage": ("essential.service.security", "essential.fraud_detection"),
}
"""The types of consent that Google's tags know, and the uses that each is for."""


def json(compiled: Compiled, at: date) -> str:
    """The arguments of one `gtag('consent', 'default', …)` for each region, the last for all
    others."""
    said = msgspec.json.encode(list(_defaults(compiled.policy)))
    return msgspec.json.format(said, indent=2).decode()


def _defaults(policy: Policy) -> Iterator[dict[str, Any]]:
    """The most exact region counts, so a country of the EEA that is named is left out of it."""
    named = {
        region
        for purpose in policy.purposes.values()
        if isinstance(purpose.basis, dict)
        for region in purpose.basis
    }
    for region in sorted(named - {EVERYWHERE}):
        countries = sorted(EEA - named) if region == "EEA" else [region]
        yield {**_granted(policy, region), "region": countries}
    yield _granted(policy, EVERYWHERE)


def _granted(policy: Policy, region: str) -> dict[str, str]:
    return {
        name: "granted" if _is_lawful(policy, region, uses) else "denied"
        for name, uses in TYPES.items()
    }


def _is_lawful(policy: Policy, region: str, uses: tuple[str, ...]) -> bool:
    """Whether everything of these uses is lawful in a region without asking; nothing declared is
    nothing allowed."""
    bases = [
        basis_in(purpose, region)
        for purpose in policy.purposes.values()
        if any(within(use, uses) for use in meaning.uses(purpose))
    ]
    return bool(bases) and all(basis not in (None, "consent") for basis in bases)


DOCUMENT = Document(
    "consent-mode", "Google consent-mode defaults", "consent-mode.json", {"json": json}
)
