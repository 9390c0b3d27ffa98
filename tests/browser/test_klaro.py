"""The configuration for Klaro, in Klaro itself: the unmodified package shows the purposes of the
policy, no more and no fewer, nothing is on before it is chosen, and no is as near as yes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from sojourn.policy import meaning, show
from tests.browser.conftest import HERE, TIMEOUT_MS
from tests.policy.checking import GOOD, TODAY

KLARO = HERE / "node_modules" / "klaro" / "dist" / "klaro.js"
SITE = "http://shop.test/"
ASKED = {"analytics", "newsletter", "openings"}
"""The purposes of the good policy that rest on consent somewhere, or that keep a cookie."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a site that runs Klaro with the configuration that the good policy gives."""
    config = show.shown(GOOD, "klaro", "json", TODAY)
    text = f"""<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>
        <script>var klaroConfig = {config}</script><script defer src="klaro.js"></script></html>"""
    files = {"": (text, "text/html"), "klaro.js": (KLARO.read_text(), "text/javascript")}
    failures: list[str] = []

    def answer(route: Route) -> None:
        body, kind = files.get(route.request.url.removeprefix(SITE), ("", "text/plain"))
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    context.route("**/*", answer)
    opened = context.new_page()
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on("console", lambda line: failures.append(line.text) if line.type == "error" else None)
    opened.goto(SITE)
    yield opened
    context.close()
    assert failures == []


def chosen(page: Page) -> dict[str, bool]:
    """What Klaro wrote down, in its cookie."""
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "klaro"]
    return dict(json.loads(unquote(cookie["value"])))


def test_klaro_shows_exactly_the_purposes_of_the_policy(page: Page) -> None:
    policy = show.read(GOOD, TODAY).policy
    cookies = {one.purpose for one in policy.cookies}
    asked = {
        name
        for name, purpose in policy.purposes.items()
        if "consent" in meaning.bases(purpose) or name in cookies
    }
    assert asked == ASKED
    page.evaluate("klaro.show(undefined, true)")
    expect(page.locator(".klaro .cookie-modal")).to_be_visible()
    boxes = page.locator(".klaro input[id^='service-item-']")
    ids = set(boxes.evaluate_all("all => all.map(one => one.id)")) - {"service-item-disableAll"}
    shown = {one.removeprefix("service-item-") for one in ids}
    assert shown == ASKED
    for name in ASKED:
        expect(page.locator(f".klaro label[for='service-item-{name}']")).to_contain_text(
            name.capitalize()
        )
        expect(page.locator(f"#service-item-{name}")).not_to_be_checked()


def test_refusing_is_in_sight_and_refuses_everything(page: Page) -> None:
    notice = page.locator(".klaro .cookie-notice")
    expect(notice).to_be_visible()
    refuse, accept = notice.locator(".cn-decline"), notice.locator(".cm-btn-success")
    expect(refuse).to_be_visible()
    expect(accept).to_be_visible()
    refuse.click()
    expect(notice).to_be_hidden()
    assert chosen(page) == dict.fromkeys(ASKED, False)


def test_accepting_accepts_what_was_shown(page: Page) -> None:
    page.locator(".klaro .cookie-notice .cm-btn-success").click()
    expect(page.locator(".klaro .cookie-notice")).to_be_hidden()
    assert chosen(page) == dict.fromkeys(ASKED, True)
