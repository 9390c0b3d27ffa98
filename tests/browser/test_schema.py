"""The room of the schema: names with their counts, and what is said of them showing everywhere."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Keys, Served, soon

from .test_rooms import PHONE, settle

LONG = "A planned event whose name is so long that nobody reads it to its end " * 2
SAYS = "{person} paid {total}[ with {voucher}]"


@pytest.fixture(scope="module")
def keys(served: Served) -> Keys:
    """A project of this test's own: six people paid, five of them five."""
    made = served.make_project("schema-room")
    events: list[dict[str, object]] = [
        {
            "type": "track",
            "event": "paid",
            "userId": f"u{person}",
            "properties": {"total": 5 if person else 7},
        }
        for person in range(6)
    ]
    served.send_to(made.write, *events, {"type": "track", "event": "looked", "userId": "u1"})
    served.applied("schema-room")
    return made


def open_room(page: Page, served: Served, search: str = "") -> None:
    page.goto(f"{served.url}/app/schema-room/schema{search}")
    settle(page)


def row(page: Page, name: str) -> Locator:
    """The row of a name, by the button that opens it."""
    return page.get_by_role("row").filter(
        has=page.get_by_role("button", name=f"Change {name}", exact=True)
    )


def test_what_is_said_of_an_event_shows_on_timelines_and_in_lists(
    page: Page, served: Served, keys: Keys
) -> None:
    open_room(page, served)
    expect(row(page, "paid")).to_contain_text("6")
    page.get_by_role("button", name="Change paid", exact=True).press("Enter")
    page.get_by_label("Title", exact=True).fill("Paid a bill")
    page.get_by_label("Sentence on the timeline").fill(SAYS)
    expect(page.get_by_text("Without any value: “Person 7 paid …”")).to_be_visible()
    page.get_by_role("button", name="receipt", exact=True).click()
    page.get_by_role("button", name="Keep").click()
    expect(row(page, "paid")).to_contain_text("Paid a bill")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(f"{served.url}/app/schema-room/activity")
    settle(page)
    expect(page.get_by_text(re.compile(r"Person \d+ paid 7$"))).to_be_visible()
    page.goto(f"{served.url}/app/schema-room/people/1")
    settle(page)
    expect(page.get_by_text(re.compile(r"\S paid 7$"))).to_be_visible()
    page.goto(f"{served.url}/app/schema-room/funnel?step=paid&step=looked")
    settle(page)
    page.get_by_role("button", name=re.compile("^Step 2: ")).first.click()
    expect(page.get_by_role("option", name="Paid a bill")).to_be_visible()


def test_an_archived_name_is_offered_nowhere_until_it_is_restored(
    page: Page, served: Served, keys: Keys
) -> None:
    open_room(page, served, "?open=looked")
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(row(page, "looked")).to_have_count(0)
    page.goto(f"{served.url}/app/schema-room/trend?event=paid")
    settle(page)
    page.get_by_role("button", name=re.compile("paid")).first.click()
    expect(page.get_by_role("option")).to_have_count(1)
    open_room(page, served)
    page.get_by_label("Archived, too").check()
    expect(row(page, "looked")).to_contain_text("archived")
    page.get_by_role("button", name="Change looked", exact=True).click()
    page.get_by_role("button", name="Restore").click()
    expect(row(page, "looked")).not_to_contain_text("archived")


def test_a_property_shows_its_shared_values_and_takes_a_planned_type(
    page: Page, served: Served, keys: Keys
) -> None:
    open_room(page, served, "?of=properties")
    expect(row(page, "total")).to_contain_text("number")
    values = row(page, "total").locator("[data-of=Values]")
    expect(values).to_have_text("25")  # Two different ones, of which five people share the 5.
    page.get_by_role("button", name="Change total", exact=True).click()
    page.get_by_label("Planned type").select_option("number")
    page.get_by_role("button", name="Keep").click()
    expect(row(page, "total")).to_contain_text("planned as number")
    text: dict[str, object] = {
        "type": "track",
        "event": "paid",
        "userId": "u1",
        "properties": {"total": "much"},
    }
    refused = served.send_to(keys.write, text).json()["refused"]
    assert [one["reason"] for one in refused] == ["type_conflict"]


def test_names_are_planned_blocked_and_found(page: Page, served: Served, keys: Keys) -> None:
    open_room(page, served)
    page.get_by_label("Name of an expected event").fill(LONG.strip())
    page.get_by_role("button", name="Plan this event").click()
    expect(row(page, LONG.strip())).to_contain_text("planned")
    page.get_by_role("button", name="Block").click()
    expect(row(page, LONG.strip())).to_contain_text("blocked")
    sent: dict[str, object] = {"type": "track", "event": LONG.strip(), "userId": "u1"}
    refused = served.send_to(keys.write, sent).json()["refused"]
    assert [one["reason"] for one in refused] == ["excluded"]
    page.get_by_label("Find by name or title").fill("NOBODY READS")
    expect(page.get_by_role("button", name=re.compile("^Change "))).to_have_count(1)
    for width in (PHONE["width"], 1280):
        page.set_viewport_size({"width": width, "height": 860})
        soon(
            lambda: page.evaluate("document.documentElement.scrollWidth - innerWidth"),
            lambda beyond: beyond <= 0,
        )
    page.get_by_label("Find by name or title").fill("no such thing")
    expect(page.get_by_text("None is called that.", exact=False)).to_be_visible()
    served.client.delete(f"/api/v1/projects/schema-room/schema/events/{quote(LONG.strip())}")


def test_names_can_be_planned_before_anything_arrives(page: Page, served: Served) -> None:
    served.make_project("schema-empty")
    page.goto(f"{served.url}/app/schema-empty/schema?of=properties")
    settle(page)
    expect(page.get_by_text("None has arrived yet.", exact=False)).to_be_visible()
    page.get_by_label("Name of an expected property").fill("total")
    page.get_by_label(re.compile("^as")).select_option("number")
    page.get_by_role("button", name="Plan this property").click()
    expect(row(page, "total")).to_contain_text("planned as number")
