"""Being told of changes, as a person does it: by keyboard, on a narrow screen, without a script,
with mails that a real server takes from a server that runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import TIMEOUT_MS
from tests.conftest import Served, outside, run_sojourn, soon
from tests.egress.mailbox import Mailbox, receiving
from tests.policy.checking import GOOD, changed

ANN = "ann@example.org"
PHONE: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with receiving(Mailbox()) as listening:
        yield listening


@pytest.fixture(scope="module")
def sending(
    serve: Callable[[], Served], mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server that sends mails, with a policy that is public."""
    made = serve()
    made.stop()
    file = tmp_path_factory.mktemp("policy") / "policy.yaml"
    publish(made, file, GOOD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOJOURN_SMTP_URL", mailbox.url)
        patch.setenv("SOJOURN_MAIL_FROM", "privacy@example.com")
        patch.setenv("SOJOURN_PUBLIC_URL", made.url)
        made.start()
        yield made


def publish(served: Served, file: Path, text: str) -> None:
    """Publish a policy as from a terminal."""
    file.write_text(text)
    run_sojourn("policy", "publish", str(file), "--project", "shop", data=served.data)


def test_somebody_without_a_script_subscribes_is_told_and_leaves(
    browser: Browser, sending: Served, mailbox: Mailbox, tmp_path: Path
) -> None:
    context = browser.new_context(
        java_script_enabled=False,
        viewport=PHONE,
        color_scheme="dark",
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{sending.url}/p/shop/recipients")
    field = page.get_by_label("Your e-mail address")
    field.focus()
    page.keyboard.type(ANN)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Tell me")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    follow(page, received(mailbox, 1))
    press(page, "Yes, tell me")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are told of changes")
    fewer = changed("subprocessors: [{name: Hébergeur SA, country: FR}]", "subprocessors: []")
    publish(sending, tmp_path / "fewer.yaml", fewer)
    told = received(mailbox, 2)
    assert "passes nothing on to “Hébergeur SA” any more" in " ".join(told.get_content().split())
    follow(page, told)
    press(page, "Remove my address")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are told no more")
    assert outside.get(link(told)).status_code == 404
    context.close()


def test_the_form_fits_a_phone_and_says_what_is_wrong(browser: Browser, sending: Served) -> None:
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{sending.url}/p/shop/recipients")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) == PHONE["width"]
    field = page.get_by_label("Your e-mail address")
    # The browser would let it pass, for a machine of the own network may be called so.
    field.fill("ann@example")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no address that a mail could be sent to")
    expect(field).to_have_value("ann@example")
    expect(field).to_have_accessible_description(re.compile("^This is no address.*link for it"))
    assert page.evaluate(wide) == PHONE["width"]
    context.close()


def received(mailbox: Mailbox, count: int) -> EmailMessage:
    """The newest mail, once there are so many."""
    return soon(lambda: list(mailbox.mails), lambda mails: len(mails) == count)[-1]


def link(mail: EmailMessage) -> str:
    """The link of a mail."""
    found = re.search(r"http://\S+/subscription\?link=\S+", mail.get_content())
    assert found
    return found[0]


def follow(page: Page, mail: EmailMessage) -> None:
    """Open the link of a mail, at phone width too no wider than the screen."""
    page.goto(link(mail))
    assert page.get_by_role("main").bounding_box()["width"] <= PHONE["width"]  # type: ignore[index]


def press(page: Page, name: str) -> None:
    """Press a button by keyboard."""
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")
