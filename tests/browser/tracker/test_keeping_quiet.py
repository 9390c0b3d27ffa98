"""When the browser script sends and keeps nothing: without an id, before consent, after an
opt-out, under a signal; and what it does without storage or network."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.collector import KEY, Collector, choice, name_of
from tests.browser.tracker.page import SILENCE_MS, errors, silent, started

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"


def kept(page: Page) -> dict[str, Any]:
    """What stands in the browser."""
    found: dict[str, Any] = page.evaluate("({ ...localStorage })")
    return found


def test_who_goes_to_another_site_of_ours_is_the_same_there_while_the_id_may_be_kept(
    page: Page, collector: Collector
) -> None:
    other = collector.url.replace("127.0.0.1", "localhost")
    collector.body = f'<a id="other" href="{other}/shop?x=1">other</a>'
    started(page, collector, cross_domain=["localhost"], outgoing_tracking=True)
    page.wait_for_function("window.__interactions")
    page.click("#other", modifiers=["Control"])
    assert "__sojourn" not in page.get_attribute("#other", "href")  # type: ignore[operator]

    started(page, collector, cross_domain=["localhost"], outgoing_tracking=True, persist=True)
    page.wait_for_function("window.__interactions")
    page.evaluate("sojourn.track('here')")
    (here,) = collector.named("here")
    page.click("#other")
    page.wait_for_url("**/shop**")
    page.evaluate("options => void sojourn.init(options)", {"key": KEY, "persist": True})
    page.evaluate("sojourn.track('there')")
    (there,) = collector.named("there")
    assert there["anonymousId"] == here["anonymousId"]
    assert page.evaluate("location.search") == "?x=1"
    # A link that was copied does not make somebody else them.
    page.evaluate("localStorage.clear()")
    page.goto(f"{other}/shop?__sojourn=somebody~{'kzzzzzzz'}")
    page.evaluate("options => void sojourn.init(options)", {"key": KEY, "persist": True})
    page.evaluate("sojourn.track('copied')")
    assert collector.named("copied")[0]["anonymousId"] != "somebody"


def test_without_ids_nobody_is_named_and_nothing_is_kept(page: Page, collector: Collector) -> None:
    started(page, collector, use_cookies=False, persist=True)
    page.evaluate("sojourn.identify('u-1', { plan: 'team' }); sojourn.track('counted')")
    (counted,) = silent(page, collector)
    assert not {"anonymousId", "userId"} & counted.keys()
    assert counted["context"]["cookieless"] is True
    assert kept(page) == {}


def test_what_could_not_be_sent_is_kept_for_the_next_page_only_where_keeping_is_allowed(
    page: Page, collector: Collector
) -> None:
    for persist in (False, True):
        collector.status = 503
        started(page, collector, persist=persist)
        page.evaluate("persist => sojourn.track('offline', { persist })", persist)
        page.wait_for_timeout(SILENCE_MS)
        page.goto("about:blank")
        collector.status = 200
        started(page, collector, persist=persist)
        page.evaluate("sojourn.track('online')")
        collector.soon(lambda seen: name_of(seen[-1]) == "online" if seen else False)
        collector.soon(lambda seen: [name_of(one) for one in seen].count("online") >= 1)
        page.wait_for_timeout(SILENCE_MS)
        found = [one["properties"] for one in collector.messages if name_of(one) == "offline"]
        assert found == ([{"persist": True}] if persist else [])
        assert "sojourn.waiting." + KEY not in kept(page)
        collector.messages.clear()


# What the policy allows


def test_nothing_leaves_before_somebody_agreed_and_then_what_waited_does(
    page: Page, collector: Collector
) -> None:
    collector.choices = [choice("analytics", asks=True), choice("ads", asks=True)]
    started(page, collector, project="shop", persist=True)
    page.evaluate("sojourn.page(); sojourn.track('looked')")
    page.get_by_role("button", name="Refuse all").wait_for()
    assert silent(page, collector) == []
    assert kept(page) == {}
    assert page.evaluate("sojourn.consent.state()") == {"analytics": None, "ads": None}
    page.evaluate("sojourn.consent.grant()")
    view, looked = collector.soon(lambda seen: len(seen) == 2)
    assert (view["type"], looked["event"]) == ("page", "looked")
    assert looked["context"]["consent"]["categoryPreferences"]["analytics"] is True
    assert collector.decided[0]["purposes"] == {"analytics": "given"}
    assert looked["anonymousId"] == collector.decided[0]["anonymous_id"]
    assert json.loads(kept(page)["sojourn.identity"])["anonymousId"] == looked["anonymousId"]

    page.evaluate("sojourn.consent.withdraw('analytics').then(() => sojourn.track('unwanted'))")
    assert len(silent(page, collector)) == 2
    assert set(kept(page)) == {"sojourn.consent.shop"}


def test_who_says_no_is_not_followed_but_may_be_counted_where_the_policy_lets_it(
    page: Page, collector: Collector
) -> None:
    collector.choices = [choice("analytics", asks=True), choice("counting", asks=False)]
    started(page, collector, project="shop", banner=False, cookieless="counting")
    page.evaluate("sojourn.track('before')")
    (before,) = collector.named("before")
    assert "anonymousId" not in before
    page.evaluate("sojourn.consent.grant('analytics').then(() => sojourn.track('after'))")
    (after,) = collector.named("after")
    assert after["anonymousId"]
    assert page.get_by_role("dialog").count() == 0
    page.evaluate(
        "sojourn.consent.withdraw('analytics', 'counting').then(() => sojourn.track('no'))"
    )
    assert len(silent(page, collector)) == 2


@pytest.mark.clause("S1-24")
def test_the_browser_s_signals_do_what_the_policy_says(page: Page, collector: Collector) -> None:
    page.add_init_script(GPC)
    collector.choices = [choice("analytics", asks=False)]
    started(page, collector, project="shop")
    page.evaluate("sojourn.track('may')")
    collector.named("may")
    collector.choices = [choice("analytics", asks=False, stopped_by=("gpc",))]
    started(page, collector, project="shop")
    page.evaluate("sojourn.track('may not')")
    # Without a policy to read, the signal means no.
    assert len(silent(page, collector)) == 1
    started(page, collector)
    page.evaluate("sojourn.track('may not either')")
    assert len(silent(page, collector)) == 1


def test_under_a_draft_nobody_is_asked_and_while_it_is_unknown_nothing_leaves(
    page: Page, collector: Collector
) -> None:
    page.route("**/consent.json", lambda route: route.abort(), times=1)
    started(page, collector, project="shop")
    page.evaluate("sojourn.track('unknown')")
    assert silent(page, collector) == []
    started(page, collector, project="shop")
    page.evaluate("sojourn.track('draft')")
    assert [name_of(one) for one in [*collector.named("draft")]] == ["draft"]
    assert page.get_by_role("dialog").count() == 0


def test_who_opts_out_stays_out_until_they_opt_in(page: Page, collector: Collector) -> None:
    started(page, collector, persist=True)
    page.evaluate("sojourn.track('in')")
    collector.named("in")
    page.evaluate("sojourn.optOut(); sojourn.track('out')")
    assert kept(page) == {"sojourn.off": "1"}
    started(page, collector, persist=True)
    page.evaluate("sojourn.track('still out')")
    assert len(silent(page, collector)) == 1
    page.evaluate("sojourn.optIn(); sojourn.track('in again')")
    collector.named("in again")
    assert set(kept(page)) == {"sojourn.identity"}


def test_a_page_without_storage_or_network_is_not_broken(page: Page, collector: Collector) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"
    )

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/v1/batch", refuse, times=1)
    started(page, collector, persist=True)
    page.evaluate(
        """() => {
          const loop = {}; loop.self = loop;
          sojourn.track('circular', loop);
          sojourn.identify(); sojourn.call('no such call'); sojourn.decorate('::');
          sojourn.track('kept on');
        }"""
    )
    # The browser lets the test refuse a request only while the test waits with it.
    page.wait_for_timeout(SILENCE_MS)
    assert [name_of(one) for one in collector.soon(bool)] == ["kept on"]
    assert errors(page) >= 2
