"""The rooms of the web app as people use them: by mouse, by keyboard, in the dark, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Served

from .conftest import TIMEOUT_MS

ROOMS = [
    "overview",
    "trend",
    "visits",
    "activity",
    "funnel",
    "journey",
    "paths",
    "attribution",
    "retention",
    "cohort",
    "lifecycle",
    "stickiness",
    "live",
    "people",
    "organisations",
    "segments",
    "schema",
    "quarantine",
]
ANSWERED_MS = 20_000
"""The first question of a project reads its history, on a machine that runs other tests too."""

PHONE = {"width": 390, "height": 800}
SHOP_FUNNEL = "/app/shop/funnel?step=cart&step=catalog&step=main&within=10+minutes"


def settle(page: Page) -> None:
    """Wait until a room is drawn, has its answers, and nothing is dimmed."""
    expect(page.locator("main#room")).to_be_visible()
    expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=ANSWERED_MS)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=ANSWERED_MS)


def expect_bars(page: Page, *people: int) -> None:
    """Wait until the funnel's bars say these numbers, as they say them to a screen reader."""
    steps = page.get_by_role("list", name="Steps of the funnel")
    for step, reached in enumerate(people, start=1):
        says = re.compile(rf"^Step {step}, .*: {reached:,} people,")
        bar = steps.get_by_role("button", name=says)
        expect(bar).to_be_visible()
    expect(steps.get_by_role("listitem")).to_have_count(len(people))


def test_the_login_link_opens_the_first_project(page: Page, served: Served) -> None:
    page.goto(served.url)
    expect(page).to_have_url(re.compile(r"/app/[^/]+/overview"))
    expect(page.get_by_role("navigation", name="Rooms")).to_be_visible()


def test_without_a_session_the_app_says_how_to_sign_in(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.url)
    expect(page.get_by_role("heading", name="Sign in with your login link")).to_be_visible()
    expect(page.get_by_text("sojourn login")).to_be_visible()
    context.close()


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_answers(page: Page, served: Served, screenshots: Path, room: str) -> None:
    page.goto(f"{served.url}/app/demo/{room}")
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("link", name=room.capitalize(), exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    expect(page.get_by_text("Simulated data")).to_be_visible()
    page.screenshot(path=screenshots / f"{room}.png")


def test_the_funnel_gives_the_figures_of_the_shop(
    page: Page, served: Served, screenshots: Path
) -> None:
    page.goto(served.url + SHOP_FUNNEL)
    expect_bars(page, 1924, 685, 159)
    expect(page.get_by_text("159 of the 1,924 people", exact=False)).to_be_visible()
    page.screenshot(path=screenshots / "funnel-shop.png")


def test_a_word_of_the_question_changes_by_mouse_and_the_back_button_undoes_it(
    page: Page, served: Served
) -> None:
    page.goto(served.url + SHOP_FUNNEL)
    settle(page)
    page.get_by_role("button", name="Window: 10 minutes").click()
    page.get_by_role("button", name="365 days").click()
    expect_bars(page, 1924, 996, 530)
    page.get_by_role("button", name="Order: in this order").click()
    page.get_by_role("button", name="An unbroken run").click()
    expect_bars(page, 1924, 478, 97)
    page.go_back()
    expect_bars(page, 1924, 996, 530)


def test_a_funnel_is_built_by_keyboard_alone(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/app/shop/funnel?step=cart&within=10+minutes")
    settle(page)
    for event in ("catalog", "main"):
        page.get_by_role("button", name=re.compile("Choose the next step|Add a step")).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox", name="Search events")).to_be_focused()
        page.keyboard.type(event)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=re.compile(rf"Step \d: {event}$"))).to_be_visible()
    expect_bars(page, 1924, 685, 159)
    # Alt with an arrow moves a step: cart > main > catalog.
    page.get_by_role("button", name="Step 3: main").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_role("button", name="Step 2: main")).to_be_visible()
    expect(page).to_have_url(re.compile("step=cart&step=main&step=catalog"))


def test_the_people_behind_a_step_lead_to_their_timelines_and_back(
    page: Page, served: Served, screenshots: Path
) -> None:
    page.goto(served.url + SHOP_FUNNEL)
    settle(page)
    page.get_by_role("button", name=re.compile("^Lost before step 2")).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("1,239 people.", exact=False)).to_be_visible()
    expect(drawer.get_by_role("link")).not_to_have_count(0)
    page.screenshot(path=screenshots / "funnel-people.png")
    drawer.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog").get_by_text("1,239 people.", exact=False)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_persons_identifiers_are_veiled_until_shown(
    page: Page, served: Served, screenshots: Path
) -> None:
    page.goto(f"{served.url}/app/shop/people")
    settle(page)
    page.get_by_role("list", name="People").get_by_role("link").first.click()
    settle(page)
    expect(page.get_by_text("written to the audit log")).to_be_visible()
    masked = page.locator("dd[data-veiled]")
    expect(masked.first).to_contain_text(re.compile("[…•]"))
    page.screenshot(path=screenshots / "person-veiled.png")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This was written to the audit log.")).to_be_visible()
    expect(masked).to_have_count(0)
    page.get_by_role("button", name="Veil again").click()
    expect(masked.first).to_be_visible()


def test_a_whole_identifier_finds_its_person_and_a_part_finds_nobody(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/people")
    search = page.get_by_role("textbox", name="Find by a whole identifier")
    search.fill("219483890")
    search.press("Enter")
    settle(page)
    expect(page.get_by_text("1 person with the identifier")).to_be_visible()
    search.fill("21948")
    search.press("Enter")
    expect(page.get_by_role("heading", name="Nobody has this identifier")).to_be_visible()
    expect(search).to_have_value("21948")


def test_an_event_that_never_came_is_told_where_and_what_now(
    context_page: Callable[[], Page], served: Served
) -> None:
    page = context_page()
    page.goto(f"{served.url}/app/shop/funnel?step=cart&step=chekout")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("chekout")
    expect(alert).to_contain_text("steps[1]")
    expect(page.get_by_role("button", name="Step 2: chekout")).to_be_visible()


def test_control_k_finds_rooms_and_events(page: Page, served: Served, screenshots: Path) -> None:
    page.goto(f"{served.url}/app/shop/overview")
    settle(page)
    page.keyboard.press("Control+k")
    search = page.get_by_role("textbox", name="Search")
    expect(search).to_be_focused()
    search.fill("pay")
    expect(page.get_by_role("dialog").get_by_text("payment_done")).to_be_visible()
    page.screenshot(path=screenshots / "search.png")
    search.fill("payment_done")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/app/shop/trend\\?event=payment_done"))


def test_the_period_stands_in_the_address_and_comes_along(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/app/shop/overview")
    settle(page)
    page.get_by_role("button", name="Period: all time").click()
    page.get_by_role("button", name="Last 30 days").click()
    expect(page).to_have_url(re.compile("period=30d"))
    page.get_by_role("link", name="Funnel", exact=True).click()
    expect(page).to_have_url(re.compile("/app/shop/funnel\\?period=30d"))


def test_the_appearance_follows_the_system_and_can_be_chosen(
    browser: Browser, session: dict[str, object], served: Served, screenshots: Path
) -> None:
    context = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        viewport={"width": 1280, "height": 860},
        color_scheme="dark",
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    html = page.locator("html")
    for room in ("overview", "funnel", "retention"):
        page.goto(f"{served.url}/app/demo/{room}")
        settle(page)
        expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
        page.screenshot(path=screenshots / f"{room}-dark.png")
    page.get_by_role("button", name="Appearance and session").click()
    page.get_by_role("menuitemradio", name="Light").click()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    context.close()


def test_on_a_phone_nothing_scrolls_sideways(
    browser: Browser, session: dict[str, object], served: Served, screenshots: Path
) -> None:
    context = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        viewport=PHONE,  # type: ignore[arg-type]
        color_scheme="light",
        reduced_motion="reduce",
        has_touch=True,
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    for room in [*ROOMS, "people/1"]:
        page.goto(f"{served.url}/app/demo/{room}")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], room
        page.screenshot(path=screenshots / f"{room.replace('/', '-')}-phone.png")
    context.close()
