"""A configuration of Klaro, the consent manager: each purpose that asks, with its cookies."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from sojourn.policy import meaning
from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.model import Policy, Purpose
from sojourn.policy.wording import named, used_for

ASKED_AGAIN_DAYS = 183
"""Half a year, where the policy does not say when consent is asked for anew (clauses, 3)."""


def json(compiled: Compiled, at: date) -> str:
    """The value of `klaroConfig`."""
    config = msgspec.json.encode(_config(compiled.policy))
    return msgspec.json.format(config, indent=2).decode()


def _config(policy: Policy) -> dict[str, Any]:
    renew = policy.consent.renew if policy.consent else None
    asked = {
        name: purpose
        for name, purpose in policy.purposes.items()
        if "consent" in meaning.bases(purpose) or _has_cookie(policy, name)
    }
    words: dict[str, Any] = {
        "privacyPolicyUrl": "privacy",
        "purposes": {name: {"title": named(name)} for name in asked},
    }
    return {
        "version": 1,
        "storageMethod": "cookie",
        "cookieName": "klaro",
        "cookieExpiresAfterDays": renew.longest.days if renew else ASKED_AGAIN_DAYS,
        "default": False,
        "mustConsent": False,
        "acceptAll": True,
        # Refusing is as easy as accepting.
        "hideDeclineAll": False,
        "lang": "en",
        "translations": {"en": words},
        "services": [_service(policy, name, purpose) for name, purpose in asked.items()],
    }


def _service(policy: Policy, name: str, purpose: Purpose) -> dict[str, Any]:
    cookies = [one for one in policy.cookies if one.purpose == name]
    return {
        "name": name,
        "title": named(name),
        "description": used_for(purpose),
        "purposes": [name],
        "cookies": [one.name for one in cookies if one.name],
        "default": False,
        "required": bool(cookies) and all(one.essential for one in cookies),
        "optOut": False,
    }


def _has_cookie(policy: Policy, purpose: str) -> bool:
    return any(one.purpose == purpose for one in policy.cookies)


DOCUMENT = Document("klaro", "Klaro configuration", "klaro.json", {"json": json})
