"""Organisations in the web app: the list, one of them, and the way there from a person and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Keys, Served

from .test_rooms import PHONE, settle

LIST = "/app/clubs/organisations"


@pytest.fixture(scope="module")
def clubs(served: Served) -> Keys:
    """A project in which three people belong to two organisations, and one to none."""
    keys = served.make_project("clubs")
    named = {"ann": "tea-club", "bob": "tea-club", "cy": "sea-club"}
    messages: list[dict[str, object]] = [
        {"type": "track", "event": "Joined", "userId": user} for user in (*named, "dan")
    ]
    messages += [
        {"type": "group", "groupId": club, "userId": user, "traits": {"name": f"The {club}"}}
        for user, club in named.items()
    ]
    messages.append(
        {"type": "group", "groupId": "tea-club", "userId": "ann", "traits": {"seats": 12}}
    )
    assert served.send_to(keys.write, *messages).status_code == 200
    served.applied("clubs")
    return keys


def test_list_leads_to_an_organisation_and_on_to_its_people(
    page: Page, served: Served, clubs: Keys, screenshots: Path
) -> None:
    page.goto(served.url + LIST)
    settle(page)
    expect(page.get_by_role("table", name="Organisations").locator("tbody tr")).to_have_count(2)
    page.screenshot(path=screenshots / "organisations-clubs.png")
    page.get_by_role("link", name="The tea-club").press("Enter")
    expect(page.get_by_role("heading", name="The tea-club")).to_be_visible()
    expect(page.get_by_text("seats")).to_be_visible()
    expect(
        page.get_by_role("table", name="Its people", exact=True).get_by_role("link")
    ).to_have_count(2)
    events = page.get_by_role("table", name="Events of its people")
    expect(events.locator("tbody tr")).to_have_count(2)
    page.screenshot(path=screenshots / "organisation.png")
    page.get_by_role("table", name="Its people", exact=True).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    page.get_by_role("link", name="Organisation 1").click()
    expect(page.get_by_role("heading", name="The tea-club")).to_be_visible()
    page.get_by_role("link", name="Ask of its people").click()
    settle(page)
    expect(page.get_by_role("button", name="Show the 2 people")).to_be_visible()


def test_whole_id_finds_one_and_a_part_of_it_none(page: Page, served: Served, clubs: Keys) -> None:
    page.goto(served.url + LIST)
    settle(page)
    field = page.get_by_role("textbox", name="Find by a whole identifier")
    field.fill("sea-club")
    field.press("Enter")
    expect(page.get_by_role("link", name="The sea-club")).to_be_visible()
    expect(page.get_by_role("link", name="The tea-club")).to_have_count(0)
    page.get_by_role("textbox", name="Find by a whole identifier").fill("sea")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody belongs to an organisation with this id.")).to_be_visible()


def test_organisations_fit_a_phone_in_the_dark_and_say_when_there_are_none(
    browser: Browser, session: dict[str, object], served: Served, clubs: Keys, screenshots: Path
) -> None:
    context = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        viewport=PHONE,  # type: ignore[arg-type]
        color_scheme="dark",
    )
    page = context.new_page()
    for address, picture in ((LIST, "organisations"), (f"{LIST}/1", "organisation")):
        page.goto(served.url + address)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        page.screenshot(path=screenshots / f"{picture}-phone-dark.png")
    page.goto(f"{served.url}/app/shop/organisations")
    settle(page)
    expect(page.get_by_text("Nobody belongs to an organisation yet")).to_be_visible()
    page.screenshot(path=screenshots / "organisations-empty.png")
    context.close()
