"""Subscribing: what the page of the recipients offers to those who want to be told of changes, and
the page of one subscription. Both work without a script."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sojourn.mail import ADDRESS_CHARS_MAX
from sojourn.policy.compile import Compiled
from sojourn.policy.page import Markup, Section, Sheet, join, page, tag
from sojourn.policy.wording import lasting

FORM = "subscriptions"
"""Where the form goes, as seen from the public pages."""
FIELD, ACT, LINK = "address", "act", "link"
"""What is sent: by the form of the recipients, by that of a subscription, and in its address."""
Standing = Literal["asked", "waiting", "confirmed", "stopped", "unknown", "too many"]
"""How a subscription stands, as far as whoever looks may know."""

_TOLD: dict[Standing, tuple[str, str]] = {
    "asked": (
        "Look into your mail",
        "If this address is not on the list yet, a mail with a link is on its way to it. "
        "You are told of changes once you have followed the link. An address that nobody confirms "
        "is forgotten after two days.",
    ),
    "waiting": ("Be told of changes?", "You are told once you say so here."),
    "confirmed": (
        "You are told of changes",
        "A mail comes whenever there is a change in who receives data, and for nothing else.",
    ),
    "stopped": ("You are told no more", "Your address is removed. Nothing of it is kept."),
    "unknown": (
        "This link leads nowhere",
        "It is not whole, or it has run out, or the address that it belonged to has been removed.",
    ),
    "too many": (
        "Not so fast",
        "Too many addresses were given from your connection. Nothing was sent for this one: try "
        "again in an hour.",
    ),
}
"""The title of the page of a subscription, and what it says, by how it stands."""


def section(compiled: Compiled, at: date, *, form: bool, wrong: str | None = None) -> Section:
    """The feed, and the `form` where mail can be sent; `wrong` is what was given as an address and
    is none."""
    sheet = Sheet(compiled, at)
    feed = tag("a", "the feed of all changes", href="changes.xml", type="application/atom+xml")
    follow = tag("p", "Or follow " if form else "Follow ", feed, ", which takes no address.")
    parts = [_promise(sheet), *([_form(wrong)] if form else []), follow]
    return Section("changes", "Be told when this changes", join(*parts))


def html(compiled: Compiled, at: date, standing: Standing, link: str = "") -> str:
    """The page of a subscription, by how it stands; `link` is the secret in its address."""
    title, lead = _TOLD[standing]
    return page(Sheet(compiled, at), title, lead, _acts(standing, link), "subscription")


def _acts(standing: Standing, link: str) -> list[Section]:
    if standing == "waiting":
        said = "Yes, tell me"
        return [
            Section("confirm", "It was you who asked", _button(link, "confirm", said)),
            Section("stop", "It was not you", _button(link, "stop", "Remove my address")),
        ]
    if standing == "confirmed":
        return [
            Section("stop", "You want no more of it", _button(link, "stop", "Remove my address"))
        ]
    back = tag("p", tag("a", "Who receives data", href="recipients"))
    return [Section("back", "From here", back)]


def _promise(sheet: Sheet) -> Markup:
    notice = sheet.policy.changes.notice
    if notice is None:
        return Markup()
    said = f"Changes that let others have more of your data are told {lasting(notice)} before."
    return sheet.states(said, "changes", "notice")


def _form(wrong: str | None) -> Markup:
    field = {
        "type": "email",
        "name_": FIELD,
        "id": FIELD,
        "value": wrong or "",
        "required": "",
        "autocomplete": "email",
        "maxlength": str(ADDRESS_CHARS_MAX),
        "aria_describedby": "of-address",
    }
    refused = Markup()
    if wrong is not None:
        field |= {"aria_invalid": "true", "aria_describedby": "wrong of-address"}
        told = "This is no address that a mail could be sent to. Nothing was kept of it."
        refused = tag("p", told, class_="wrong", id="wrong", role="alert")
    kept = (
        "A mail asks you first whether it was you. Your address is kept sealed, serves for this "
        "only, and is removed as soon as you say so: every mail has a link for it."
    )
    return tag(
        "form",
        refused,
        tag("label", "Your e-mail address", for_=FIELD),
        tag("div", tag("input", **field), tag("button", "Tell me", type="submit"), class_="acts"),
        tag("p", kept, id="of-address"),
        method="post",
        action=f"{FORM}#changes",
    )


def _button(link: str, act: str, said: str) -> Markup:
    button = tag("button", said, type="submit", name_=ACT, value=act)
    where = f"subscription?{LINK}={link}"
    return tag("form", tag("div", button, class_="acts"), method="post", action=where)
