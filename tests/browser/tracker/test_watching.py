"""What the browser script sees by itself: views, their time and depth, links, clicks, forms, and
what an address brings."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from tests.browser.collector import Collector
from tests.browser.tracker.page import started
from tests.conftest import Served, soon

HIDDEN = """hidden => {
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


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


def test_a_page_s_time_and_depth_stand_on_its_one_event_once_it_is_left(
    page: Page, collector: Collector, server: Served
) -> None:
    """To a real server, where the changes of an event become what is stored of it."""
    write = server.make_project("read-pages").write
    collector.body = '<div style="height: 2400px"></div>'
    chosen = {"key": write, "endpoint": server.url, "page_tracking": True}
    started(page, collector, "/long", **chosen)
    page.evaluate("scrollTo(0, 1200)")
    page.wait_for_timeout(500)
    page.goto("about:blank")

    def views() -> list[dict[str, Any]]:
        found = server.get("people", "read-pages")["people"]
        stored = [server.get(f"people/{one['id']}/timeline", "read-pages") for one in found]
        return [event for timeline in stored for event in timeline["events"]]

    (view,) = soon(views, lambda found: "duration" in str(found))
    assert view["event"] == "Page Viewed"
    assert view["properties"]["path"] == "/long"
    assert 0.7 < view["properties"]["scroll_depth"] < 0.8
    assert 0.5 <= view["properties"]["duration"] < 5
    assert server.get("status", "read-pages")["refused"] == []


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
