"""The preference centre: a page on which people decide, and take back what they decided.

Unlike the other pages it runs a script, since what somebody chose is known to their browser only;
without it the page still says what may be chosen, and whom to write to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sojourn.policy.agreeing import SIGNALS
from sojourn.policy.choices import Choice
from sojourn.policy.compile import Compiled
from sojourn.policy.page import Markup, Section, Sheet, join, page, tag, told

SCRIPT = "../../preferences.js"
"""Where the script lies, as seen from the page."""


def html(compiled: Compiled, at: date, choices: Sequence[Choice]) -> str:
    """The page of somebody who may decide on these."""
    sheet = Sheet(compiled, at)
    asked = [one for one in choices if one.asks]
    others = [one for one in choices if not one.asks]
    sections = [Section("now", "All at once", _all_at_once(sheet, bool(choices)))]
    if asked:
        lead = "Nothing of this is done unless you say yes, and no longer when you say no."
        sections.append(Section("asked", "What we ask you for", _each(sheet, lead, asked)))
    if others:
        lead = "This is done because of an interest that was weighed against yours. You may object."
        sections.append(Section("objections", "What you may object to", _each(sheet, lead, others)))
    sections.append(Section("receipt", "Your last decision", _receipt()))
    lead = "What may be done with data about you. You can change your mind at any time."
    return page(sheet, "Your choices", lead, sections, "preferences", script=SCRIPT)


def _all_at_once(sheet: Sheet, any_choice: bool) -> Markup:
    if not any_choice:
        return sheet.states("Nothing is done here on which you would have to decide.", "purposes")
    signals = [
        tag("p", f"Your browser’s {title} is honoured.", class_="signal", hidden="",
            data_signal=signal)
        for signal, title in SIGNALS.items()
    ]  # fmt: skip
    contact = sheet.policy.rights.channel or sheet.policy.organisation.privacy_contact
    without = "Your choices are kept in your browser, which takes a script."
    if contact:
        without += f" Without one, write to {contact}."
    buttons = _buttons({"refuse": "Refuse all", "accept": "Accept all"})
    return join(
        *signals,
        buttons,
        tag("p", id="told", role="status", aria_live="polite"),
        tag("noscript", tag("p", without)),
    )


def _each(sheet: Sheet, lead: str, choices: Iterable[Choice]) -> Markup:
    return join(tag("p", lead), *(_choice(sheet, one) for one in choices))


def _choice(sheet: Sheet, choice: Choice) -> Markup:
    """A purpose with its box; the box says what is allowed, and nothing before the script knows."""
    path = ("purposes", choice.name)
    box = tag("input", type="checkbox", disabled="", data_purpose=choice.name,
              aria_describedby=f"of-{choice.name}")  # fmt: skip
    cookies = [f"{one.name}, for {one.keep}, set by {one.set_by}" for one in choice.cookies]
    pairs = [
        ("What for", sheet.says(choice.what, *path)),
        ("Which data", _lines(choice.categories)),
        ("Who receives them", _lines(choice.recipients or ("nobody else",))),
        ("In your browser", _lines(cookies or ("nothing",))),
        ("Now", tag("span", "not known", data_state=choice.name)),
    ]
    return tag(
        "div",
        tag("h3", tag("label", box, " ", choice.title)),
        tag("div", told(pairs), id=f"of-{choice.name}"),
    )


def _lines(said: Iterable[str]) -> Markup:
    return join(*(tag("span", one, class_="each") for one in said))


def _receipt() -> Markup:
    nothing = "You have not decided anything here yet."
    return join(
        tag("p", nothing, id="receipt-told"),
        _buttons({"save": "Save the receipt"}),
    )


def _buttons(named: dict[str, str]) -> Markup:
    each = [tag("button", title, type="button", id=id, disabled="") for id, title in named.items()]
    return tag("div", *each, class_="acts")
