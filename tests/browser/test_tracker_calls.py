"""The browser script by itself, in a real browser: each call, each option, what it sends and when
it sends nothing."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.collector import KEY, SCRIPTS, Collector, Message, choice, collecting, name_of

ROOT = Path(__file__).parents[2]
GZIPPED_BYTES_MAX = 4096
SILENCE_MS = 600
"""More than twice as long as messages are gathered for."""
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
HIDDEN = """hidden => {
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A site with a server that takes everything down."""
    with collecting() as made:
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has used before."""
    made = browser.new_context(viewport={"width": 800, "height": 600})
    made.set_default_timeout(5_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may fail, whatever happens in the script."""
    failures: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    opened.close()
    assert failures == []


def snippet(*calls: str, name: str = "sojourn") -> str:
    """The snippet as it is documented, followed by calls."""
    text = (ROOT / "docs" / "how-to" / "collect-web.md").read_text()
    found = re.search(r"<script>\n(.*?)\n\s*\}\)\(", text, re.DOTALL)
    assert found is not None
    lines = [f'}})("/sojourn.js", "{name}");', *calls]
    return "<script>" + found[1] + "\n" + "\n".join(lines) + "</script>"


def started(page: Page, collector: Collector, address: str = "/", **options: object) -> None:
    """Open a page that has the script, and start it."""
    collector.body += '<script src="/sojourn.js"></script>'
    page.goto(collector.url + address)
    page.evaluate("options => void sojourn.init(options)", {"key": KEY, **options})


def errors(page: Page) -> int:
    """How many errors the script swallowed."""
    return int(page.evaluate("sojourn.errors"))


def silent(page: Page, collector: Collector) -> list[Message]:
    """What came, after a while."""
    page.wait_for_timeout(SILENCE_MS)
    return collector.messages


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


def test_a_page_s_time_and_depth_leave_when_it_is_hidden_and_when_it_is_left(
    page: Page, collector: Collector
) -> None:
    collector.body = '<div style="height: 2400px"></div>'
    started(page, collector, "/long", page_tracking=True)
    page.wait_for_timeout(400)
    page.evaluate("scrollTo(0, 1200)")
    page.wait_for_timeout(200)
    page.evaluate(HIDDEN, True)
    view, update = collector.soon(lambda seen: len(seen) == 2)
    assert view["type"] == "page"
    assert view["properties"] == {}
    assert view["context"]["page"]["path"] == "/long"
    assert (update["type"], update["messageId"]) == ("update", view["messageId"])
    assert "close" not in update
    assert 0.7 < update["properties"]["scroll_depth"] < 0.8
    read = update["properties"]["duration"]
    assert 0.5 < read < 3
    # Nobody reads while it is hidden.
    page.wait_for_timeout(1_500)
    page.evaluate(HIDDEN, False)
    page.goto("about:blank")
    (last,) = collector.soon(lambda seen: len(seen) == 3)[2:]
    assert last["close"] is True
    assert read <= last["properties"]["duration"] < read + 1


def test_each_view_of_one_page_is_counted_once_with_what_came_before(
    page: Page, collector: Collector
) -> None:
    started(page, collector, "/a?utm_source=letter&utm_campaign=spring", page_tracking=True)
    collector.named("page")
    page.wait_for_function("window.__interactions")
    page.evaluate("history.pushState({}, '', '/b?tab=1'); document.title = 'B'")
    collector.soon(lambda seen: len(seen) == 3)
    page.evaluate("history.replaceState({}, '', '/b?tab=2')")
    page.evaluate("history.back()")
    seen = collector.soon(lambda seen: len(seen) == 5)
    assert [one["type"] for one in seen] == ["page", "update", "page", "update", "page"]
    a, closed, b, _, again = seen
    assert a["context"]["campaign"] == {"source": "letter", "name": "spring"}
    assert (closed["messageId"], closed["close"]) == (a["messageId"], True)
    assert b["context"]["page"]["path"] == "/b"
    assert b["context"]["page"]["title"] == "B"
    assert b["context"]["page"]["url"] == f"{collector.url}/b"
    assert b["context"]["page"]["referrer"] == f"{collector.url}/a"
    assert again["context"]["page"]["path"] == "/a"


def test_views_behind_a_hash_are_counted_where_asked(page: Page, collector: Collector) -> None:
    started(page, collector, "/app#/one", page_tracking="hash")
    page.wait_for_function("window.__interactions")
    page.evaluate("location.hash = '#/two'")
    seen = collector.soon(lambda seen: len(seen) == 3)
    paths = [one["context"]["page"]["path"] for one in seen if one["type"] == "page"]
    assert paths == ["/app#/one", "/app#/two"]


def test_links_away_and_to_files_are_counted_and_nothing_is_held_up(
    page: Page, collector: Collector
) -> None:
    elsewhere = collector.url.replace("127.0.0.1", "localhost")
    collector.body = f"""<a id="away" href="{elsewhere}/there?who=ann">away</a>
      <a id="file" href="/price-list.PDF?token=1">file</a> <a id="near" href="/near">near</a>"""
    started(page, collector, outgoing_tracking=True, download_tracking=True)
    page.wait_for_function("window.__interactions")
    page.click("#file", modifiers=["Control"])
    (download,) = collector.named("download")
    assert download["properties"] == {"url": f"{collector.url}/price-list.PDF"}
    page.click("#near", modifiers=["Control"])
    page.click("#away")
    page.wait_for_url("**/there**")
    (away,) = collector.named("outgoing")
    assert away["properties"] == {"url": f"{elsewhere}/there"}
    assert len(collector.messages) == 2


def test_clicks_are_counted_by_attribute_and_by_selector(page: Page, collector: Collector) -> None:
    collector.body = """<button id="buy" class="big" data-sojourn="Bought"
        data-sojourn-plan-name="pro"><b>Buy</b> now</button>
      <span id="old" data-woopra="Listened" data-woopra-artist="Dave">x</span>
      <button id="plain">plain</button> <i id="item" class="item">item</i>"""
    started(page, collector)
    # The first click may come before the file that looks at clicks.
    page.click("#buy b")
    (bought,) = collector.named("Bought")
    assert bought["properties"] == {
        "tag": "button", "type": "submit", "id": "buy", "class": "big", "text": "Buy now",
        "plan_name": "pro",
    }  # fmt: skip
    page.click("#old")
    (listened,) = collector.named("Listened")
    assert listened["properties"]["artist"] == "Dave"
    page.click("#plain")
    page.evaluate("sojourn.trackClick('Item Chosen', '.item', { shelf: 2 })")
    page.evaluate("sojourn.trackClick('.item')")
    elements = "{ elements: document.querySelectorAll('.item') }"
    page.evaluate(f"sojourn.trackClick('By Element', undefined, {{}}, {elements})")
    page.click("#item")
    chosen, default, _ = collector.named("Item Chosen", "Item Clicked", "By Element")
    assert chosen["properties"] == {"shelf": 2}
    assert default["properties"] == {}
    assert len(collector.messages) == 5


def test_every_button_is_counted_where_asked(page: Page, collector: Collector) -> None:
    collector.body = '<button id="plain">Send</button><p id="text">text</p>'
    started(page, collector, click_tracking=True)
    page.wait_for_function("window.__interactions")
    page.click("#text")
    page.click("#plain")
    (clicked,) = collector.named("button click")
    assert clicked["properties"]["text"] == "Send"
    assert len(collector.messages) == 1


FORM = """<form id="order"><input name="colour" value="red"><input name="password" type="password"
  value="p1"><input name="email" type="email" value="a@b.example"><input name="contact"
  value="c@d.example"><input name="number" autocomplete="cc-number" value="1"><input name="pan"
  value="4111 1111 1111 1111"><input name="cvc" value="123"><input name="file" type="file"><input
  name="csrf" type="hidden" value="x"><input name="phone" type="tel" value="0123"><select
  name="size"><option>S<option selected>M</select><input name="news" type="checkbox" checked
  value="yes"><input name="ads" type="checkbox" value="yes"><textarea name="note">hello</textarea>
  <input name="secret_note" value="x"><button>Send</button></form>"""


def test_a_form_is_sent_without_what_looks_private(page: Page, collector: Collector) -> None:
    collector.body = FORM
    started(page, collector)
    page.evaluate(
        """() => {
          sojourn.trackForm('Ordered', '#order', { exclude: ['note'], noSubmit: true,
            callback: (fields) => { window.taken = fields; } });
          sojourn.trackForm('Told', '#order', { include: ['email'],
            identify: (fields) => ({ email: fields.email }) });
        }"""
    )
    page.wait_for_function("window.__interactions")
    page.click("#order button")
    ordered, told = collector.named("Ordered", "Told")
    assert ordered["properties"] == {"colour": "red", "size": "M", "news": "yes"}
    assert told["properties"] == {
        "colour": "red", "size": "M", "news": "yes", "note": "hello", "email": "a@b.example"
    }  # fmt: skip
    (identified,) = collector.named("identify")
    assert identified["traits"] == {"email": "a@b.example"}
    page.wait_for_function("window.taken")
    assert page.evaluate("taken") == ordered["properties"]
    assert page.evaluate("location.pathname") == "/"


def test_what_an_address_brings_is_read_and_what_names_somebody_is_not_recorded(
    page: Page, collector: Collector
) -> None:
    query = (
        "?utm_campaign=spring&woo_source=letter&wv_email=ann@shop.example&ref=42&q=shoes#access=1"
    )
    started(page, collector, "/landing" + query, hide_campaign=True, campaign_once=True,
            map_query_params={"ref": "partner"})  # fmt: skip
    page.evaluate("sojourn.page(); sojourn.track('later')")
    told, view, later = collector.soon(lambda seen: len(seen) == 3)
    assert told["traits"] == {"email": "ann@shop.example"}
    assert view["context"]["campaign"] == {"name": "spring", "source": "letter"}
    assert view["properties"] == {"partner": "42"}
    assert view["context"]["page"]["url"] == f"{collector.url}/landing"
    assert later["context"]["campaign"] == {}
    assert page.evaluate("location.search + location.hash") == "?ref=42&q=shoes#access=1"
    assert "ann@" not in json.dumps([view, later])


def test_queries_and_hashes_are_recorded_where_asked(page: Page, collector: Collector) -> None:
    started(
        page, collector, "/a?q=shoes&wv_name=Ann#top", ignore_query_url=False, save_url_hash=True
    )
    page.evaluate("sojourn.page()")
    (view,) = collector.named("page")
    facts = view["context"]["page"]
    assert facts["url"] == f"{collector.url}/a?q=shoes#top"
    assert (facts["search"], facts["hash"]) == ("?q=shoes", "#top")


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
