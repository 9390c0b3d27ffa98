"""The signals for Google's consent mode have the shape that gtag is documented to take: what a call
may hold, where it holds, and that no two calls say something of the same place. What Google's own
script then does is not seen here, for it comes from Google only.

https://developers.google.com/tag-platform/security/guides/consent
"""

from __future__ import annotations

import json
import re

import pytest

from sojourn.policy import show
from sojourn.policy.facts.countries import NAMES
from sojourn.policy.facts.regions import EEA
from sojourn.policy.versions import preset, presets
from tests.policy.checking import GOOD, TODAY, changed

TYPES = {
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
}
"""Every type of consent that the documentation names."""
BY_COUNTRY = (
    "{EEA: consent, GB: consent, default: legitimate_interests}",
    "{EEA: consent, FR: legitimate_interests, default: consent}",
)
POLICIES = {name: preset(name) for name in presets()} | {
    "good": GOOD,
    "by country": changed(*BY_COUNTRY),
}


def defaults(text: str) -> list[dict[str, object]]:
    """The calls, in their order."""
    return list(json.loads(show.shown(text, "consent-mode", "json", TODAY)))


def holding(text: str, country: str) -> dict[str, object]:
    """What holds in a country: a call that names it goes before the one that names none."""
    calls = defaults(text)
    named = [one for one in calls if country in one.get("region", [])]  # type: ignore[operator]
    return (named or [one for one in calls if "region" not in one])[-1]


@pytest.mark.parametrize("text", POLICIES.values(), ids=POLICIES)
def test_each_call_says_something_of_each_type_and_nothing_else(text: str) -> None:
    for call in defaults(text):
        said = {name: value for name, value in call.items() if name != "region"}
        assert set(said) == TYPES
        assert set(said.values()) <= {"granted", "denied"}


@pytest.mark.parametrize("text", POLICIES.values(), ids=POLICIES)
def test_each_place_is_named_once_by_its_code_and_the_last_call_is_for_all_others(
    text: str,
) -> None:
    *regional, last = defaults(text)
    assert "region" not in last
    places = [place for call in regional for place in call["region"]]  # type: ignore[attr-defined]
    assert len(places) == len(set(places))
    for place in places:
        assert re.fullmatch(r"[A-Z]{2}", place), "ISO 3166 has codes of two letters for countries"
        assert place in NAMES


def test_what_holds_in_a_country_is_what_the_policy_says_of_it() -> None:
    # The good policy asks everywhere whether the opening of mails may be counted.
    text = changed("use: analytics.reporting.campaign_insights", "use: personalize", GOOD)
    assert {holding(text, one)["analytics_storage"] for one in (*EEA, "GB")} == {"denied"}
    assert holding(text, "US")["analytics_storage"] == "granted"
    assert holding(text, "US")["ad_storage"] == "denied", "nothing declared is nothing allowed"
    own = changed(*BY_COUNTRY, text)
    assert holding(own, "FR")["analytics_storage"] == "granted"
    others = (*(EEA - {"FR"}), "US")
    assert {holding(own, one)["analytics_storage"] for one in others} == {"denied"}
