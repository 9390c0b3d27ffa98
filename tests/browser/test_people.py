"""People in columns: what is known of each, what each of them did, and the way on to one of them.

The figures are those of the shop's log, where 1,924 people were in the cart.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Served, make_project, soon

from .conftest import TIMEOUT_MS
from .test_questions import drawer_total
from .test_rooms import PHONE, settle

COLUMNS = "/app/shop/people?show=columns"
A_PAGE = 100


def rows(page: Page) -> Locator:
    """The people that are listed."""
    table = page.get_by_role("table", name="People, in the order that was asked for")
    return table.locator("tbody tr")


def figures(page: Page, column: int) -> list[int]:
    """What the listed people have in a column (0 names the person)."""
    cells = rows(page).locator(f"td:nth-child({column + 1})").all_inner_texts()
    return [int(cell.replace(",", "")) for cell in cells]


def test_people_are_put_in_columns_by_keyboard_and_ordered_by_one(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/people")
    settle(page)
    page.get_by_role("button", name="What they did").press("Enter")
    settle(page)
    expect(page.get_by_role("button", name="Show the 3,751 people")).to_be_visible()
    page.get_by_role("button", name="Add what they did").press("Enter")
    expect(page.get_by_role("combobox", name="Search events")).to_be_focused()
    page.keyboard.type("cart")
    page.keyboard.press("Enter")
    head = page.get_by_role("columnheader", name="cart")
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    settle(page)
    most = figures(page, 1)
    assert most[0] > 1
    assert most == sorted(most, reverse=True)
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    settle(page)
    assert figures(page, 1) == [0] * A_PAGE
    # The words of the question say the same as the head, and change it.
    page.get_by_role("button", name="First: from the lowest").press("Enter")
    page.get_by_role("button", name="from the highest").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")


def test_a_column_is_a_measure_of_a_property_under_a_condition(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/app/demo/people?show=columns&did=Invoice+Paid")
    settle(page)
    page.get_by_role("button", name="Measure 1: how often they did").click()
    page.get_by_role("button", name="the sum of … a property").click()
    page.get_by_role("button", name=re.compile("^Property 1: ")).click()
    page.get_by_role("button", name="amount", exact=True).click()
    page.get_by_role("button", name="Event 1: Invoice Paid").click()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label(re.compile("^Property(?! of| 1)")).select_option("amount")
    page.get_by_label(re.compile("^Test")).select_option("at_least")
    page.get_by_label(re.compile("^Value")).fill("50")
    page.get_by_role("button", name="Use it").click()
    settle(page)
    head = page.get_by_role("columnheader", name="Sum of amount, Invoice Paid")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert figures(page, 1)[0] >= 50
    page.get_by_role("button", name="Event 1: Invoice Paid").click()
    page.get_by_role("button", name="Leave it out").click()
    expect(head).to_have_count(0)
    expect(page.get_by_role("button", name="Ordered by: Last seen")).to_be_visible()


def test_what_is_known_of_people_and_formulas_are_columns_too(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/app/demo/people?show=columns&did=Check-in+Completed")
    settle(page)
    page.get_by_role("button", name="Add what is known of them").click()
    for name in ("plan", "role"):
        page.get_by_role("button", name=name, exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Known of them: plan and role")).to_be_visible()
    page.get_by_role("button", name="More to say").click()
    page.get_by_role("button", name=re.compile("^A formula of the columns")).click()
    page.get_by_role("button", name=re.compile("^Formula 1: ")).click()
    expect(page.get_by_text("Columns go by A and events", exact=False)).to_be_visible()
    page.get_by_label("Formula", exact=True).fill("events - A")
    page.get_by_label("What it is called").fill("Anything but checking in, however it is called")
    page.get_by_role("button", name="Use it").click()
    settle(page)
    heads = page.get_by_role("columnheader").all_text_contents()
    assert heads[:4] == ["Person", "plan", "role", "A: Check-in Completed"]
    done, rest, events = (figures(page, column) for column in (3, 4, 5))
    assert rest == [whole - part for whole, part in zip(events, done, strict=True)]
    expect(rows(page).first.locator("td").nth(1)).to_have_text(re.compile("free|team|trial|–"))


def test_the_list_goes_on_page_by_page_and_a_row_opens_its_person(
    page: Page, served: Served
) -> None:
    page.goto(served.url + COLUMNS + "&did=cart&by=A")
    settle(page)
    expect(rows(page)).to_have_count(A_PAGE)
    page.get_by_role("button", name="More people").click()
    expect(rows(page)).to_have_count(2 * A_PAGE)
    links = rows(page).get_by_role("link").all_inner_texts()
    assert len(set(links)) == 2 * A_PAGE
    rows(page).nth(150).locator("td").last.click()
    expect(page).to_have_url(re.compile(f"/people/{links[150].removeprefix('Person ')}$"))
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Ordered by: cart")).to_be_visible()


def test_the_list_is_of_a_segment_and_its_number_opens(page: Page, served: Served) -> None:
    did = quote(json.dumps({"did": {"event": "cart"}}))
    page.goto(f"{served.url}{COLUMNS}&segment={did}")
    settle(page)
    page.get_by_role("button", name="Show the 1,924 people").click()
    drawer_total(page, 1924)


def test_where_nobody_was_there_the_list_says_so(page: Page, served: Served) -> None:
    page.goto(f"{served.url}{COLUMNS}&from=2001-01-01&to=2001-01-31")
    settle(page)
    expect(page.get_by_text("Nobody was there in this period.", exact=False)).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)


def test_columns_fit_the_dark_and_a_phone(
    browser: Browser, session: dict[str, object], served: Served, screenshots: Path
) -> None:
    asked = "/app/demo/people?show=columns&property=plan&property=company&did=Check-in+Completed"
    for name, size, scheme in (
        ("people-columns", {"width": 1280, "height": 860}, "light"),
        ("people-columns-dark", {"width": 1280, "height": 860}, "dark"),
        ("people-columns-phone", PHONE, "light"),
    ):
        context = browser.new_context(
            storage_state=session,  # type: ignore[arg-type]
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        page.goto(served.url + asked)
        settle(page)
        expect(rows(page)).to_have_count(A_PAGE)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=screenshots / f"{name}.png")
        context.close()


def test_merge_is_undone_by_who_types_the_number(page: Page, served: Served) -> None:
    keys = make_project(served.data, "paired")
    ann, phone = {"userId": "ann"}, {"anonymousId": "phone"}
    for message in (
        {"event": "look", **phone},
        {"event": "buy", **ann},
        {"event": "log in", **ann, **phone},
    ):
        sent = soon(
            lambda told=message: served.send_to(keys.write, {"type": "track", **told}),  # type: ignore[misc]
            lambda answer: answer.status_code == 200,
        )
        assert sent.json()
    soon(lambda: page.goto(f"{served.url}/app/paired/people/2"), lambda _: _is_merged(page))
    page.get_by_role("button", name="Undo this merge").press("Enter")
    field = page.get_by_label("Type 1 to go on")
    expect(field).to_be_focused()
    undo = page.get_by_role("button", name="Undo the merge")
    field.fill("2")
    expect(undo).to_be_disabled()
    field.fill("1")
    field.press("Enter")
    expect(page.get_by_text("Person 1 went into Person 2")).to_be_hidden()
    facts = page.locator("section", has=page.get_by_role("heading", name="Facts"))
    expect(facts.locator("div", has_text=re.compile("^Events"))).to_have_text("Events2")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _is_merged(page: Page) -> bool:
    settle(page)
    return page.get_by_role("button", name="Undo this merge").count() > 0
