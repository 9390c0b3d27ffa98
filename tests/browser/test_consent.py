"""The banner on another site, and the preference centre: one click for no as for yes, by mouse and
keyboard, on a phone, and what was decided judges the next event."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import TIMEOUT_MS, until
from tests.conftest import Served, outside, run_sojourn, soon
from tests.policy.checking import GOOD

PROJECT = "asking"
PHONE = {"width": 320, "height": 640}
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
PAGE = """<!doctype html><html lang="en"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>A shop</h1><button id="menu">Menu</button>
<script src="{url}/consent.js" data-project="asking" defer></script></html>"""
HOW_TO = Path(__file__).parents[2] / "docs/how-to/consent.md"
# As strict as a site can be: no style of its own but files, scripts and requests to us only.
SECURITY = "default-src 'self'; script-src {url}; connect-src {url}; style-src 'self'"
POLICY = GOOD.replace(
    "  invoices:\n    use: essential.legal",
    "  ads: {use: marketing.advertising.first_party, basis: consent, subjects: [visitor]}\n"
    "  invoices:\n    use: essential.legal",
).replace("[service, analytics, openings]\n", "[service, analytics, openings, ads]\n")


@pytest.fixture(scope="module")
def write_key(served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The write key of a project whose policy asks for four purposes, one of them advertising."""
    keys = served.make_project(PROJECT)
    file = tmp_path_factory.mktemp("policy") / "policy.yaml"
    file.write_text(POLICY)
    run_sojourn("policy", "publish", str(file), "--project", PROJECT, data=served.data)
    address = f"{served.url}/p/{PROJECT}/consent.json"
    soon(lambda: outside.get(address), lambda told: "ads" in told.text)
    return keys.write


@pytest.fixture
def site(served: Served, write_key: str) -> Iterator[str]:
    """A web site that is not Sojourn's own, with the banner's script on its only page."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(url=served.url).encode() if self.path == "/" else b""
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", SECURITY.format(url=served.url))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def is_kept(served: Served, write_key: str) -> Callable[[Page], bool]:
    """Whether the next event of who sits before a page would be kept; it is for analytics only."""

    def send(page: Page) -> bool:
        who = page.evaluate("sojournConsent.anonymousId()")
        message = {"type": "track", "event": "Page Viewed", "anonymousId": who}
        sent = served.send_to(write_key, message | {"messageId": uuid.uuid4().hex}).json()
        reasons = {one["reason"] for one in sent["refused"]}
        assert reasons <= {"no_lawful_purpose"}
        return bool(sent["accepted"])

    return send


def banner(page: Page) -> Locator:
    """The banner, as a screen reader finds it."""
    return page.get_by_role("dialog", name="Your choice")


def button(page: Page, name: str) -> Locator:
    """A button of the banner."""
    return banner(page).get_by_role("button", name=name, exact=True)


def kept(page: Page) -> int:
    """How much stands in the browser."""
    assert page.evaluate("document.cookie") == ""
    return int(page.evaluate("localStorage.length"))


def states(page: Page) -> dict[str, bool | None]:
    """What the site is told."""
    told: dict[str, bool | None] = page.evaluate("sojournConsent.state()")
    return told


@pytest.mark.clause("S1-01")
def test_no_takes_one_click_as_yes_does_and_nothing_is_kept_before(
    page: Page, site: str, is_kept: Callable[[Page], bool]
) -> None:
    page.goto(site)
    expect(banner(page)).to_be_visible()
    expect(banner(page)).to_contain_text(
        "May Example SAS use data about you for analytics, newsletter, openings and ads?"
    )
    assert kept(page) == 0
    assert states(page)["analytics"] is None
    assert not is_kept(page)
    no, yes = (button(page, name).bounding_box() for name in ("Refuse all", "Accept all"))
    assert no is not None
    assert yes is not None
    assert (no["width"], no["height"], no["y"]) == (yes["width"], yes["height"], yes["y"])
    styles = [
        button(page, name).evaluate(
            "one => (({ color, backgroundColor, borderColor, fontWeight, fontSize }) =>"
            " [color, backgroundColor, borderColor, fontWeight, fontSize])(getComputedStyle(one))"
        )
        for name in ("Refuse all", "Accept all")
    ]
    assert styles[0] == styles[1]

    button(page, "Refuse all").click()
    expect(banner(page)).to_have_count(0)
    assert kept(page) == 1
    assert states(page) == {
        "security": True, "analytics": False, "newsletter": False, "openings": False, "ads": False
    }  # fmt: skip
    assert not is_kept(page)
    page.reload()
    until(page, "Object.keys(sojournConsent.state()).length > 0")
    expect(banner(page)).to_have_count(0)

    page.evaluate("localStorage.clear()")
    page.reload()
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)
    assert all(states(page).values())
    assert is_kept(page)


def test_all_of_it_can_be_done_by_keyboard(
    page: Page, site: str, is_kept: Callable[[Page], bool]
) -> None:
    page.goto(site)
    focused = "document.activeElement.shadowRoot?.activeElement"
    until(page, f"{focused}?.getAttribute('role') === 'dialog'")
    page.keyboard.press("Escape")
    expect(banner(page)).to_have_count(0)
    assert kept(page) == 0
    assert states(page)["analytics"] is None

    page.locator("#menu").focus()
    page.evaluate("sojournConsent.ask()")
    expect(banner(page)).to_be_visible()
    for name in ("Refuse all", "Accept all", "Choose"):
        page.keyboard.press("Tab")
        expect(button(page, name)).to_be_focused()
    page.keyboard.press("Enter")
    first = banner(page).get_by_role("checkbox", name="Analytics")
    expect(first).to_be_focused()
    expect(first).to_have_accessible_description(
        "to understand, in numbers, how the service is used"
    )
    boxes = banner(page).get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    assert not any(box.is_checked() for box in boxes.all())
    page.keyboard.press("Space")
    button(page, "Keep my choice").focus()
    page.keyboard.press("Enter")
    expect(banner(page)).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "menu"
    assert (states(page)["analytics"], states(page)["ads"]) == (True, False)
    assert is_kept(page)


@pytest.mark.clause("S1-22", "S1-24")
def test_the_browser_s_signal_is_honoured_and_shown_as_honoured(page: Page, site: str) -> None:
    page.add_init_script(GPC)
    page.goto(site)
    said = "Your browser’s Global Privacy Control is honoured. Off: Ads."
    expect(banner(page)).to_contain_text(said)
    expect(banner(page)).to_contain_text("for analytics, newsletter and openings?")
    button(page, "Choose").click()
    ads = banner(page).get_by_role("checkbox", name="Ads")
    expect(ads).to_be_disabled()
    expect(ads).not_to_be_checked()
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)
    assert (states(page)["analytics"], states(page)["ads"]) == (True, False)


def test_a_signal_that_only_the_server_hears_is_honoured_as_well(page: Page, site: str) -> None:
    # An extension, or a proxy, may send the header and tell the page nothing.
    page.context.set_extra_http_headers({"Sec-GPC": "1"})
    page.goto(site)
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)
    assert (states(page)["analytics"], states(page)["ads"]) == (True, None)


def test_your_choices_in_the_footer_show_what_stands(page: Page, site: str) -> None:
    page.goto(site)
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)
    # What the how-to tells sites to put there.
    link = re.search(r"```html\n(<a .*?)```", HOW_TO.read_text(), re.DOTALL)
    script = re.search(r"```js\n(document.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert link
    assert script
    page.evaluate("link => document.body.insertAdjacentHTML('beforeend', link)", link[1])
    page.evaluate(f"() => {{ {script[1]} }}")
    page.get_by_role("link", name="Your choices").click()
    expect(banner(page).get_by_role("checkbox", name="Analytics")).to_be_checked()
    assert page.url == site


def test_what_was_given_is_taken_back_in_the_preference_centre(
    page: Page, site: str, served: Served, is_kept: Callable[[Page], bool], tmp_path: Path
) -> None:
    page.goto(site)
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)
    assert is_kept(page)

    page.evaluate("sojournConsent.open()")
    expect(banner(page).get_by_role("checkbox", name="Security")).to_be_checked()
    with page.expect_popup() as opened:
        banner(page).get_by_role("link", name="All choices").click()
    centre = opened.value
    assert centre.url.startswith(f"{served.url}/p/{PROJECT}/preferences#")
    box = centre.get_by_role("checkbox", name="Analytics")
    expect(box).to_be_checked()
    box.uncheck()
    expect(centre.get_by_role("status")).to_have_text("Your choice is kept, and holds from now on.")
    assert not is_kept(page)
    # The site's own page has heard of it.
    until(page, "sojournConsent.state().analytics === false")
    assert states(page)["newsletter"] is True

    centre.get_by_role("checkbox", name="Security").uncheck()
    expect(centre.get_by_text("not done: you objected")).to_be_visible()
    centre.get_by_role("button", name="Refuse all").click()
    expect(centre.get_by_text("not allowed: you said no")).to_have_count(4)
    with centre.expect_download() as saved:
        centre.get_by_role("button", name="Save the receipt").click()
    file = tmp_path / "receipt.json"
    saved.value.save_as(file)
    receipt = json.loads(file.read_text())
    assert receipt["purposes"]["newsletter"] == "withdrawn"
    assert receipt["anonymous_id"] == page.evaluate("sojournConsent.anonymousId()")
    expect(centre.get_by_text(f"Record {receipt['record']}")).to_be_visible()
    # Another page of this browser, on its own, knows nothing of it.
    alone = page.context.new_page()
    alone.goto(f"{served.url}/p/{PROJECT}/preferences")
    expect(alone.get_by_text("not allowed: you have not said yes")).to_have_count(4)
    assert kept(alone) == 0


def test_a_policy_that_changed_meanwhile_is_read_again_before_it_is_decided_on(
    context_page: Callable[[], Page], site: str
) -> None:
    page = context_page()
    page.route("**/consents", lambda route: route.fulfill(status=422), times=1)
    page.goto(site)
    button(page, "Accept all").click()
    expect(banner(page).get_by_role("status")).to_have_text(
        "This could not be kept. Please try again."
    )
    assert kept(page) == 0
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)


def test_what_ended_or_was_about_something_else_is_asked_again(page: Page, site: str) -> None:
    page.goto(site)
    button(page, "Accept all").click()
    expect(banner(page)).to_have_count(0)
    page.evaluate(
        """() => {
          const kept = JSON.parse(localStorage['sojourn.consent.asking']);
          kept.said.analytics.until_ms = Date.now() - 1;
          localStorage['sojourn.consent.asking'] = JSON.stringify(kept);
        }"""
    )
    page.reload()
    expect(banner(page)).to_be_visible()
    assert (states(page)["analytics"], states(page)["ads"]) == (None, True)
    button(page, "Refuse all").click()
    expect(banner(page)).to_have_count(0)
    assert page.evaluate("sojournConsent.set({ newsletter: true })") is True

    def changed(route: Route) -> None:
        told = route.fetch()
        offer = told.json()
        for one in offer["choices"]:
            one["asked_again_ms"] = 4_000_000_000_000
        route.fulfill(response=told, json=offer)

    page.route("**/consent.json", changed)
    page.reload()
    expect(banner(page)).to_be_visible()
    # A no stands, whatever the question has become.
    assert (states(page)["newsletter"], states(page)["ads"]) == (None, False)


def test_banner_and_centre_fit_a_phone_and_the_dark(
    browser: Browser, site: str, served: Served, screenshots: Path
) -> None:
    for name, size, scheme in (
        ("consent-phone", PHONE, "light"),
        ("consent-dark", {"width": 1280, "height": 800}, "dark"),
    ):
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        page.goto(site)
        expect(banner(page)).to_be_visible()
        page.screenshot(path=screenshots / f"{name}.png")
        button(page, "Choose").click()
        page.screenshot(path=screenshots / f"{name}-choose.png")
        box = banner(page).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] >= 0
        page.add_init_script(GPC)
        page.goto(f"{served.url}/p/{PROJECT}/preferences")
        expect(page.get_by_role("button", name="Refuse all")).to_be_enabled()
        expect(
            page.get_by_text("Your browser’s Global Privacy Control is honoured.")
        ).to_be_visible()
        no, yes = (page.get_by_role("button", name=f"{one} all") for one in ("Refuse", "Accept"))
        assert no.bounding_box()["y"] == yes.bounding_box()["y"]  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=screenshots / f"{name}-centre.png", full_page=True)
        context.close()
