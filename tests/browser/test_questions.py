"""What the rooms can ask and open: segments, options of a question, and the people behind numbers.

The figures are those of the shop's log, so each way to a number has to lead to the same people.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page, Request, expect

from tests.conftest import Served

from .test_rooms import SHOP_FUNNEL, expect_bars, settle


def drawer_total(page: Page, people: int) -> None:
    """Wait until the drawer says how many stand behind the number that was opened."""
    said = re.compile(rf"^{people:,} (people|person)\.")
    expect(page.get_by_role("dialog").get_by_text(said)).to_be_visible()


def test_people_behind_a_number_are_kept_as_a_segment_and_asked_about(
    page: Page, served: Served
) -> None:
    page.goto(served.url + SHOP_FUNNEL)
    settle(page)
    page.get_by_role("button", name=re.compile("^Step 3, main")).click()
    drawer_total(page, 159)
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Keep as a segment").click()
    drawer.get_by_label("Title").fill("Came through in ten minutes")
    drawer.get_by_role("button", name="Keep it").click()
    drawer.get_by_role("button", name="Ask this question of them").click()
    expect(page).to_have_url(re.compile("segment=came-through-in-ten-minutes"))
    expect_bars(page, 159, 159, 159)
    # The segment comes along to the other rooms, and the top line says whom they speak of.
    page.get_by_role("link", name="Trend", exact=True).click()
    expect(page).to_have_url(re.compile(r"/trend\?.*segment=came-through-in-ten-minutes"))
    said = page.get_by_role("button", name="Segment: Came through in ten minutes")
    expect(said).to_be_visible()
    said.click()
    page.get_by_role("button", name="Everyone", exact=True).click()
    expect(page).not_to_have_url(re.compile("segment="))


def test_a_segment_is_built_line_by_line_counted_kept_and_deleted(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/segments")
    settle(page)
    page.get_by_role("button", name="New segment").click()
    drawer = page.get_by_role("dialog", name="Who is meant")
    drawer.get_by_role("button", name="What they did").click()
    drawer.get_by_role("button", name=re.compile("^Event: ")).click()
    page.get_by_role("combobox", name="Search events").fill("cart")
    page.keyboard.press("Enter")
    expect(drawer.get_by_text("1,924")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("^How often: ")).click()
    page.get_by_label("Number").fill("2")
    page.get_by_role("button", name="Use it").click()
    expect(drawer.get_by_text("People who did cart at least twice.")).to_be_visible()
    drawer.get_by_label("Title").fill("Often in the cart")
    drawer.get_by_role("button", name="Keep it").click()
    listed = page.get_by_role("list", name="Segments").get_by_role("listitem")
    line = listed.filter(has_text="Often in the cart")
    expect(line).to_contain_text("people who did cart at least twice")
    line.get_by_role("button", name=re.compile("^Show the people")).click()
    expect(page.get_by_role("list", name="People").get_by_role("link").first).to_be_visible()
    line.get_by_role("button", name=re.compile("^Delete")).click()
    line.get_by_role("button", name="Delete it").click()
    expect(line).to_have_count(0)


def test_an_answer_says_for_what_it_was_asked_and_how_it_was_found(
    page: Page, served: Served
) -> None:
    page.goto(served.url + SHOP_FUNNEL)
    settle(page)
    page.get_by_role("button", name="How this was found").focus()
    expect(page.get_by_text("Events read")).to_be_visible()
    expect(page.get_by_text("35,381")).to_be_visible()


def test_a_question_nobody_waits_for_is_cancelled(page: Page, served: Served) -> None:
    cancelled: list[str] = []

    def seen(request: Request) -> None:
        if request.method == "DELETE" and "/questions/" in request.url:
            cancelled.append(request.url)

    # A question takes as long as the test wants: it is given up before it is answered.
    page.route("**/reports/funnel", lambda route: None)
    page.on("request", seen)
    page.route("**/questions/*", lambda route: route.fulfill(status=204))
    page.goto(served.url + SHOP_FUNNEL)
    page.get_by_role("button", name="Order: in this order").click()
    with page.expect_request(lambda request: "/questions/" in request.url):
        page.get_by_role("button", name="in any order").click()
    assert cancelled


def test_a_funnel_excludes_breaks_down_and_shows_its_other_sides(
    page: Page, served: Served
) -> None:
    page.goto(served.url + SHOP_FUNNEL.replace("10+minutes", "365+days"))
    expect_bars(page, 1924, 996, 530)
    page.get_by_role("button", name="More to say").click()
    page.get_by_role("button", name=re.compile("^Counting attempts")).click()
    expect(page.get_by_role("button", name="Count: attempts")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="More to say").click()
    page.get_by_role("button", name=re.compile("^Without an event in between")).click()
    expect(page.get_by_role("button", name="Excluded 1: main")).to_be_visible()
    page.go_back()
    for side, told in (
        ("Over time", "Converted, by when they did the first step"),
        ("How long", "How long it took those who converted"),
        ("What goes with it", "What goes with converting"),
        ("Steps", "The same in figures"),
    ):
        page.get_by_role("button", name=side, exact=True).click()
        expect(page.get_by_role("heading", name=told)).to_be_visible()
        settle(page)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_what_goes_with_a_funnel_opens_its_people(page: Page, served: Served) -> None:
    steps = "step=Signed+Up&step=Calendar+Connected"
    page.goto(f"{served.url}/app/demo/funnel?{steps}&show=why")
    expect(page.get_by_text("Events were watched for during the first")).to_be_visible()
    opens = page.get_by_role("button", name=re.compile("^Show the .* who converted: "))
    people = int(re.sub(r"\D", "", opens.first.inner_text()))
    opens.first.click()
    drawer_total(page, people)


def test_a_funnel_by_a_property_opens_the_people_of_one_value(page: Page, served: Served) -> None:
    by = "%7B%22by%22%3A%5B%7B%22property%22%3A%22device%22%7D%5D%2C%22limit%22%3A8%7D"
    page.goto(f"{served.url}/app/demo/funnel?step=Signed+Up&step=Calendar+Connected&by={by}")
    settle(page)
    opens = page.get_by_role("button", name=re.compile(r"^Show the [\d,]+ people of step 2, "))
    people = int(re.sub(r"\D", "", opens.first.inner_text()))
    opens.first.click()
    drawer_total(page, people)


def test_each_figure_of_a_trend_opens_its_people(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/app/shop/trend?event=cart&every=month")
    settle(page)
    opens = page.get_by_role("button", name=re.compile("Show the people"))
    people = int(opens.first.inner_text().replace(",", ""))
    opens.first.click()
    drawer_total(page, people)


def test_each_cell_of_retention_opens_its_people(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/app/shop/retention?start=cart&every=month")
    settle(page)
    cell = page.get_by_role("button", name=re.compile(r"^[\d,]+ people of [\d,]+")).first
    said = re.match(r"^([\d,]+) people", cell.get_attribute("aria-label") or "")
    assert said
    cell.click()
    drawer_total(page, int(said[1].replace(",", "")))


def test_paths_go_step_by_step_open_their_people_and_become_a_funnel(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/paths?event=cart&side=from&steps=3")
    settle(page)
    expect(page.get_by_role("figure", name="Paths by step")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^cart: 1,924, .*Show them")).click()
    drawer_total(page, 1924)
    page.keyboard.press("Escape")
    page.get_by_role("link", name=re.compile("^Open cart.* as a funnel$")).first.click()
    expect(page).to_have_url(re.compile(r"/funnel\?.*step="))
    expect(page.get_by_role("list", name="Steps of the funnel")).to_be_visible()
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_journey_shows_what_people_did_by_themselves_and_opens_them(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/journey?step=cart")
    settle(page)
    page.get_by_role("button", name="See what comes").click()
    page.get_by_role("button", name="The next event").click()
    settle(page)
    figure = page.get_by_role("figure", name="The journey, step by step")
    node = figure.get_by_role("list").nth(1).get_by_role("button", name=re.compile("Show them"))
    said = re.match(r"^.*: ([\d,]+), ", node.first.get_attribute("aria-label") or "")
    assert said
    node.first.click()
    drawer_total(page, int(said[1].replace(",", "")))


def test_first_and_last_events_open_the_people_whose_paths_begin_and_end_so(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/paths?event=cart")
    settle(page)
    for says, people in (
        ("First events, catalog: 2,686 people. Show the people.", 2686),
        ("Last events, payment_done: 437 people. Show the people.", 437),
    ):
        page.get_by_role("button", name=says).click()
        drawer_total(page, people)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_step_of_a_journey_is_left_out_of_the_picture_and_still_asked_for(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/app/shop/journey?step=cart&step=catalog&step=main")
    settle(page)
    steps = page.get_by_role("table", name="The steps of the journey").locator("tbody tr")
    expect(steps).to_have_count(3)
    came = steps.nth(2).get_by_role("button").first.inner_text()
    first = page.get_by_role("button", name="Step 1: cart")
    first.click()
    expect(page.get_by_role("dialog", name="Step 1: cart")).to_be_visible()
    hide = page.get_by_role("button", name="Hide the step")
    # Shares are of the first step, so it is always shown.
    expect(hide).to_have_count(0)
    page.keyboard.press("Escape")
    # It goes back to where it was a moment after, and a key pressed elsewhere before would too.
    expect(first).to_be_focused()
    page.get_by_role("button", name="Step 2: catalog").press("Enter")
    hide.press("Enter")
    expect(page.get_by_text("(not shown)")).to_be_visible()
    expect(steps).to_have_count(2)
    settle(page)
    expect(steps.nth(1)).to_contain_text("3. main")
    expect(steps.nth(1).get_by_role("button").first).to_have_text(came)
    steps.nth(1).get_by_role("button").first.click()
    drawer_total(page, int(came.replace(",", "")))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Step 2: catalog").click()
    page.get_by_role("button", name="Show it again").click()
    expect(steps).to_have_count(3)


def test_attribution_asks_for_what_a_model_needs_where_the_model_is_compared(
    page: Page, served: Served
) -> None:
    asked: list[list[dict[str, object]]] = []

    def seen(request: Request) -> None:
        if request.url.endswith("/reports/attribution"):
            asked.append((request.post_data_json or {})["models"])

    page.on("request", seen)
    page.goto(f"{served.url}/app/shop/attribution?conversion=payment_done&touch=main&touch=catalog")
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Half-life: 7 days").click()
    page.get_by_role("button", name="1 day", exact=True).click()
    page.get_by_role("button", name="Share of the first touch: 40").click()
    share = page.get_by_label("Share of the first touch", exact=True)
    share.fill("70")
    # Both shares are of one whole.
    expect(page.get_by_role("alert")).to_contain_text("from 0 to 60")
    share.fill("60")
    page.get_by_role("button", name="Use it").click()
    settle(page)
    expect(
        page.get_by_text("Decaying halves with every 1 day before.", exact=False)
    ).to_be_visible()
    assert asked[-1][3:] == [
        {"model": "time_decay", "half_life": "1 day"},
        {"model": "position", "first": 0.6, "last": 0.4},
    ]
    page.get_by_role("button", name="Models: every model").click()
    for model in ("Decaying", "By position", "Even", "Last"):
        page.get_by_role("button", name=model, exact=True).click()
    expect(page.get_by_role("button", name="First", exact=True)).to_be_disabled()
    page.keyboard.press("Escape")
    settle(page)
    expect(page.get_by_role("button", name=re.compile("^Half-life"))).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Share of"))).to_have_count(0)
    assert asked[-1] == [{"model": "first"}]
    expect(page.get_by_role("columnheader", name="First", exact=True)).to_be_visible()
    expect(page.get_by_role("columnheader", name="Decaying")).to_have_count(0)
