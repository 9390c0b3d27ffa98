"""Presets: each runs at once, lacks only what a draft may, and does what its first line says."""

from __future__ import annotations

import pytest

from sojourn.event import Signals
from sojourn.policy import gate, versions
from sojourn.policy.compile import compile as compile_policy
from sojourn.policy.rules import Rules
from sojourn.policy.suggestion import entries
from tests.policy.checking import TODAY, findings
from tests.ruled import country_of, rules

PRESETS = list(versions.presets())


def preset(name: str) -> Rules:
    return rules(versions.preset(name))


def lawful(of: Rules, **signals: object) -> set[str]:
    """The purposes for which an undeclared event of somebody is taken in."""
    rule = of.other_event
    assert rule is not None
    told = Signals(**signals)  # type: ignore[arg-type]
    mask = rule.purposes & gate.lawful_purposes(of, rule.category, told, {}, country_of)
    return {name for name, bit in of.bits.items() if mask & bit}


def test_there_are_four_and_each_says_what_it_is() -> None:
    assert PRESETS == [
        "audience-measurement",
        "customer-journey",
        "internal-tool",
        "product-analytics",
    ]
    for text in versions.presets().values():
        assert 20 < len(versions.idea(text)) < 100
        assert versions.idea(text) in text.splitlines()[0]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_lacks_only_what_a_draft_may(name: str) -> None:
    found = findings(versions.preset(name))
    assert not [one for one in found if one.level == "error"]
    assert not [one for one in found if one.level == "warning" and one.code[:2] != "P6"]


def test_audience_measurement_asks_nobody_and_knows_nobody() -> None:
    of, policy = preset("audience-measurement"), policy_of("audience-measurement")
    assert lawful(of, country="FR") == lawful(of) == {"analytics"}
    assert lawful(of, dnt=True) == set()
    assert (policy.cookieless.when, policy.cookies) == ("always", ())
    assert not any(category.identifying for category in policy.categories.values())
    assert of.other_purposes is None
    # Nothing is joined: the purpose of joining needs a consent that is never asked for.
    assert not of.identity & gate.lawful_purposes(of, "visits", Signals(), {}, country_of)
    assert policy.retention["visits"].keep == "25 months"


def test_product_analytics_counts_everybody_and_follows_who_agrees() -> None:
    of = preset("product-analytics")
    assert lawful(of, country="FR") == {"service", "counting"}
    assert lawful(of) == {"service", "counting"}
    agreed = {"analytics": True}
    assert lawful(of, country="FR", consent=agreed) == {"service", "counting", "analytics"}
    assert lawful(of, country="US") == {"service", "counting", "analytics"}
    assert lawful(of, country="US", consent={"analytics": False}) == {"service", "counting"}
    assert policy_of("product-analytics").cookieless.when == "no_consent"


def test_internal_tool_keeps_free_text_out_and_rests_on_no_consent() -> None:
    of, policy = preset("internal-tool"), policy_of("internal-tool")
    assert lawful(of, country="FR") == {"service", "analytics"}
    assert policy.subjects == ("employee",)
    assert all(one.basis == "legitimate_interests" for one in policy.purposes.values())
    assert all(one.assessment for one in policy.purposes.values())
    assert of.other_purposes is None
    assert not {"comment", "message", "note", "text"} & set(of.properties)


def policy_of(name: str):  # type: ignore[no-untyped-def]
    return compile_policy(versions.preset(name), TODAY).policy


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_suggested_compiles_and_protects_what_names_somebody(name: str) -> None:
    text = versions.preset(name)
    policy = policy_of(name)
    events = ["Order Completed", "a: b", "true", "Ünï — #1", 'say "so"', "{x}"]
    properties = ["user.lastName", "client_ip", "plan", "a, b", "password", "1st", "email"]
    properties.append("sessionToken")
    proposed = entries(policy, events, properties)
    assert "password" not in proposed
    assert "sessionToken" not in proposed
    missing = {line for line in ("identification",) if line not in policy.categories}
    # Under the keys that the preset has already.
    there, _, rest = proposed.partition("properties:\n")[2].partition("events:\n")
    merged = text.replace("properties:\n", f"properties:\n{there}", 1) + f"events:\n{rest}"
    if "email" in policy.properties:
        assert "email" not in proposed
    if missing:
        category = "  identification: {identifying: true, purposes: [analytics]}\n"
        merged = merged.replace("categories:\n", f"categories:\n{category}", 1)
        merged += "\n"
        merged = merged.replace("retention:\n", "retention:\n  identification: {keep: 1 year}\n")
    compiled = compile_policy(merged, TODAY)
    assert set(events) <= set(compiled.policy.events)
    assert not [one for one in compiled.errors if one.code not in ("P304",)]
    named = compiled.policy.properties
    assert named["user.lastName"].category == "identification"
    assert (named["client_ip"].category, named["client_ip"].reduce) == ("identification", "country")
    assert named["plan"].category == policy.undeclared.as_
    assert entries(compiled.policy, events, properties).startswith("# The policy names everything")
