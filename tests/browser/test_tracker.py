"""The browser script on another site: what it sends arrives, what it must not send stays."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from tests.conftest import Served

ARRIVES_WITHIN_S = 5
SILENCE_MS = 1_000
PAGE = """<!doctype html>
<title>A shop</title>
<h1>A shop</h1>
<script src="{url}/sojourn.js"></script>"""


@pytest.fixture
def site(served: Served) -> Iterator[str]:
    """A web site that is not Sojourn's own, with the script on its only page."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(url=served.url).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/pricing"
    server.shutdown()
    server.server_close()


@pytest.fixture
def counted(context: BrowserContext, served: Served) -> Callable[[str], int]:
    """How many events of a name the project has, waiting a while for the first."""

    def count(event: str) -> int:
        until = time.monotonic() + ARRIVES_WITHIN_S
        while True:
            schema = context.request.get(f"{served.url}/api/v1/projects/demo/schema").json()
            found = [one["events"] for one in schema["events"] if one["name"] == event]
            if found or time.monotonic() > until:
                return int(sum(found))
            time.sleep(0.1)

    return count


def messages(request: Request) -> list[dict[str, Any]]:
    """The messages that one request carries."""
    body = request.post_data_json
    assert body is not None
    batch: list[dict[str, Any]] = body["batch"]
    return batch


def start(page: Page, site: str, served: Served, options: str = "") -> list[Request]:
    """Open the site, start the script, and watch what it sends."""
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if "/v1/batch" in one.url else None)
    page.goto(site)
    page.evaluate(
        f"sojourn.init({{ key: '{served.write_key}', endpoint: '{served.url}' {options} }})"
    )
    return sent


def test_a_page_view_and_an_event_are_counted(
    page: Page, site: str, served: Served, counted: Callable[[str], int]
) -> None:
    event = f"Ritual Chosen {uuid.uuid4().hex[:8]}"
    sent = start(page, site, served)
    page.evaluate("name => { sojourn.page(); sojourn.track(name, { size: 4 }); }", event)
    assert counted(event) == 1
    assert len(sent) == 1
    assert sent[0].headers["content-type"].startswith("text/plain")
    batch = messages(sent[0])
    assert [message["type"] for message in batch] == ["page", "track"]
    assert batch[0]["context"]["page"]["path"] == "/pricing"
    assert len({message["anonymousId"] for message in batch}) == 1


def test_an_event_just_before_leaving_is_counted(
    page: Page, site: str, served: Served, counted: Callable[[str], int]
) -> None:
    event = f"Page Left {uuid.uuid4().hex[:8]}"
    start(page, site, served)
    page.evaluate("name => { sojourn.track(name); location.href = 'about:blank'; }", event)
    assert counted(event) == 1


def test_an_event_sent_while_the_server_was_away_is_counted_once(
    context_page: Callable[[], Page], site: str, served: Served, counted: Callable[[str], int]
) -> None:
    event = f"Came Back {uuid.uuid4().hex[:8]}"
    page = context_page()
    page.route("**/v1/batch", lambda route: route.abort(), times=1)
    sent = start(page, site, served)
    page.evaluate("name => sojourn.track(name)", event)
    assert counted(event) == 1
    first, second = (messages(one)[0]["messageId"] for one in sent)
    assert first == second


def test_nothing_is_sent_and_nothing_kept_under_global_privacy_control(
    page: Page, site: str, served: Served
) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
    )
    sent = start(page, site, served, ", persist: true")
    page.evaluate("sojourn.page(); sojourn.track('Unwanted'); sojourn.identify('u-1')")
    page.wait_for_timeout(SILENCE_MS)
    assert sent == []
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.clause("S1-21")
def test_an_anonymous_id_is_kept_only_where_the_page_opts_in(
    page: Page, site: str, served: Served
) -> None:
    start(page, site, served, ", persist: true")
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("sojourn.track('Kept')")
    kept = page.evaluate("localStorage.getItem('sojourn.identity')")
    assert kept is not None
    start(page, site, served, ", persist: true")
    page.evaluate("sojourn.track('Kept')")
    assert page.evaluate("localStorage.getItem('sojourn.identity')") == kept
    start(page, site, served)
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("document.cookie") == ""


def test_a_page_is_never_broken_by_being_measured(page: Page, site: str, served: Served) -> None:
    page.goto(site)
    page.evaluate("sojourn.track('too early'); sojourn.init({}); sojourn.page()")
    sent = start(page, site, served)
    page.evaluate("const loop = {}; loop.self = loop; sojourn.track('circular', loop)")
    page.evaluate("sojourn.track('after it')")
    page.wait_for_timeout(SILENCE_MS)
    assert [one["event"] for one in messages(sent[0])] == ["after it"]
