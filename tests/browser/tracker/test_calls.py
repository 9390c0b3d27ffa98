"""The browser script by itself, in a real browser: each call, and what it sends."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page

from tests.browser.collector import KEY, SCRIPTS, Collector, name_of
from tests.browser.tracker.page import errors, silent, snippet, started

GZIPPED_BYTES_MAX = 4096


@pytest.mark.parametrize("name", ["sojourn", "interactions", "consent", "preferences"])
def test_each_file_is_thin(name: str) -> None:
    assert len(gzip.compress((SCRIPTS / f"{name}.js").read_bytes(), 9)) <= GZIPPED_BYTES_MAX


def test_calls_before_the_script_are_made_in_their_order_and_options_go_first(
    page: Page, collector: Collector
) -> None:
    collector.body = snippet(
        "sojourn.track('first', { n: 1 });",
        f"sojourn.config({{ key: '{KEY}', app: 'shop-web' }});",
        "sojourn.call('track', 'second');",
        "sojourn.identify('u-1', { plan: 'team' });",
        "sojourn.track('third');",
    )
    page.goto(collector.url)
    seen = collector.soon(lambda seen: len(seen) == 4)
    assert [name_of(one) for one in seen] == ["first", "second", "identify", "third"]
    first, _, identified, third = seen
    assert first["properties"] == {"n": 1}
    assert first["openFor"] == 300_000
    assert identified["traits"] == {"plan": "team"}
    assert (identified["userId"], third["userId"]) == ("u-1", "u-1")
    assert len({one["anonymousId"] for one in seen}) == 1
    assert len({one["messageId"] for one in seen}) == 4
    assert first["context"]["library"]["name"] == "shop-web"
    assert collector.bodies[0]["writeKey"] == KEY
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("localStorage.length") == 0


def test_woopra_s_own_snippet_and_names_work_unchanged(page: Page, collector: Collector) -> None:
    stub = """(function () {
      var names = ["call", "cancelAction", "config", "identify", "push", "track", "trackClick",
          "trackForm", "update", "visit"], n = window;
      var C = function () { var i = this; i._e = []; names.forEach(function (m) {
          i[m] = function () { i._e.push([m].concat([].slice.call(arguments, 0))); return i; };
      }); };
      n.__woo = n.__woo || {};
      for (var t = 0; t < arguments.length; t++)
        n.__woo[arguments[t]] = n[arguments[t]] = n[arguments[t]] || new C;
      var s = document.createElement("script"); s.async = 1; s.src = "/sojourn.js";
      document.head.appendChild(s);
    })("woopra", "second");"""
    calls = f"""woopra.track();
      woopra.config('key', '{KEY}'); woopra.config({{ domain: 'shop.example' }});
      woopra.identify('email', 'ann@shop.example'); woopra.identify({{ id: 17, plan: 'pro' }});
      woopra.visit('theme', 'dark');
      woopra.call('track', 'play', {{ artist: 'Dave' }});
      second.config('key', 'wk_other'); second.track('elsewhere');"""
    collector.body = f"<script>{stub}{calls}</script>"
    page.goto(collector.url)
    seen = collector.soon(lambda seen: len(seen) == 4)
    by_key = {
        body["writeKey"]: [name_of(one) for one in body["batch"]] for body in collector.bodies
    }
    assert by_key == {KEY: ["page", "identify", "play"], "wk_other": ["elsewhere"]}
    identified = next(one for one in seen if one["type"] == "identify")
    assert identified["traits"] == {"email": "ann@shop.example", "plan": "pro"}
    assert identified["userId"] == "17"
    play = next(one for one in seen if name_of(one) == "play")
    assert play["properties"] == {"theme": "dark", "artist": "Dave"}
    asked = "[woopra.config('domain'), woopra.startPing() === woopra, woopra.errors]"
    assert page.evaluate(asked) == ["shop.example", True, 0]


def test_an_event_can_be_changed_and_ended_and_its_fate_is_told(
    page: Page, collector: Collector
) -> None:
    started(page, collector)
    page.evaluate(
        """() => {
          window.told = [];
          const action = sojourn.track('video', { at: 1 }, { timeout: 9000,
            onSuccess: (one) => told.push(one.id), onBeforeSend: () => told.push('b') });
          action.update({ at: 2 });
          sojourn.update(action.id, { at: 3 });
          sojourn.cancelAction(action.id);
          sojourn.track('play', () => { told.push('called'); throw new Error('the page’s own'); });
        }"""
    )
    video, *updates, play = collector.soon(lambda seen: len(seen) == 5)
    assert video["openFor"] == 9000
    assert {one["messageId"] for one in updates} == {video["messageId"]}
    assert [(one["properties"], one.get("close")) for one in updates] == [
        ({"at": 2}, None), ({"at": 3}, None), ({}, True)
    ]  # fmt: skip
    assert {one["type"] for one in updates} == {"update"}
    assert "page" not in updates[0]["context"]
    page.wait_for_function("told.length === 3")
    assert page.evaluate("told") == ["b", video["messageId"], "called"]
    assert errors(page) == 1
    page.evaluate("sojourn.track('next')")
    (after,) = collector.named("next")
    assert after["context"]["errors"] == 1
    assert "errors" not in play["context"]


def test_a_refused_message_is_told_and_not_sent_again(page: Page, collector: Collector) -> None:
    started(page, collector)
    collector.status = 413
    page.evaluate("sojourn.track('large', {}, { onError: () => { window.failed = true; } })")
    page.wait_for_function("window.failed")
    collector.status = 200
    page.evaluate("sojourn.track('small')")
    collector.named("small")
    assert [name_of(one) for one in collector.messages] == ["small"]


def test_who_it_is_and_where_they_work_goes_with_the_next_event_or_by_push(
    page: Page, collector: Collector
) -> None:
    started(page, collector)
    page.evaluate(
        """() => {
          sojourn.identify({ name: 'Ann' }, { id: 'acme', name: 'Acme' });
          sojourn.identifyOrg('seats', 12);
          sojourn.identify('age', 41);
        }"""
    )
    assert silent(page, collector) == []
    page.evaluate("sojourn.push(() => { window.pushed = true; })")
    person, group = collector.soon(lambda seen: len(seen) == 2)
    assert person["traits"] == {"name": "Ann", "age": 41}
    assert (group["type"], group["groupId"]) == ("group", "acme")
    assert group["traits"] == {"name": "Acme", "seats": 12}
    assert page.evaluate("pushed") is True
    page.evaluate("sojourn.reset(); sojourn.track('somebody else')")
    (other,) = collector.named("somebody else")
    assert other["anonymousId"] != person["anonymousId"]
