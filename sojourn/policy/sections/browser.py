"""What is kept in the browser, how it is asked for, and what a browser's “do not” does."""

from __future__ import annotations

from collections.abc import Callable

from sojourn.policy import meaning
from sojourn.policy.facts.fideslang import within
from sojourn.policy.model import Cookie
from sojourn.policy.page import Markup, Section, Sheet, join, table, tag
from sojourn.policy.rules import NEEDED, SOLD
from sojourn.policy.wording import lasting, listed, named, plainly, used_for

STOPPABLE = ("consent", "legitimate_interests", "public_task")
"""Bases under which a person's no ends a purpose."""


def cookies(sheet: Sheet) -> Section:
    """Each cookie with its purpose and its lifetime, and whether it asks first."""
    parts = [cookie_table(sheet), asking(sheet), cookieless(sheet)]
    return Section("cookies", "Cookies", join(*parts))


def cookie_table(sheet: Sheet) -> Markup:
    """The cookies; a sentence where there are none."""
    if not sheet.policy.cookies:
        return sheet.states("Nothing is kept in your browser.", "cookies")
    rows = [
        (
            one.name or "without a name",
            sheet.says(_what_for(sheet, one), "cookies", number, "purpose"),
            sheet.says(lasting(one.keep) if one.keep else "not said", "cookies", number, "keep"),
            sheet.says("us" if one.party == "first" else "another company",
                       "cookies", number, "party"),
            sheet.says(_when(sheet, one), "cookies", number, "essential"),
        )
        for number, one in enumerate(sheet.policy.cookies)
    ]  # fmt: skip
    head = ("Cookie", "What for", "Stays for", "Set by", "Set when")
    return table("Cookies", head, rows)


def _what_for(sheet: Sheet, cookie: Cookie) -> str:
    purpose = sheet.policy.purposes.get(cookie.purpose or "")
    if cookie.says:
        return cookie.says
    told = named(cookie.purpose) if cookie.purpose else "not said"
    return f"{told}: {used_for(purpose)}" if purpose else told


def _when(sheet: Sheet, cookie: Cookie) -> str:
    if cookie.essential:
        return "always: it is needed"
    purpose = sheet.policy.purposes.get(cookie.purpose or "")
    bases = meaning.bases(purpose) if purpose else frozenset()
    if bases == {"consent"}:
        return "you agree"
    return "you agree, where consent is asked" if "consent" in bases else "you visit"


def asking(sheet: Sheet) -> Markup:
    """How consent is asked for, and how long it holds."""
    consent = sheet.policy.consent
    if consent is None:
        return Markup()
    said = []
    if consent.by == "act":
        told = "Consent is something you do: going on, or a box that is ticked already, is none."
        said.append(sheet.states(told, "consent", "by"))
    if consent.refuse == "as_easy":
        told = "Saying no is as easy as saying yes."
        said.append(sheet.states(told, "consent", "refuse"))
    if consent.renew:
        told = f"You are asked again after {lasting(consent.renew)}."
        said.append(sheet.states(told, "consent", "renew"))
    return join(*said)


def cookieless(sheet: Sheet) -> Markup:
    """What is counted without anything in the browser."""
    when = sheet.policy.cookieless.when
    if when == "never":
        return Markup()
    whose = "every visit" if when == "always" else "a visit for which no cookie is allowed"
    told = (
        f"Of {whose} only the visit is counted, without anything in your browser, under a number"
        " that cannot be linked to you or to another day."
    )
    return sheet.states(told, "cookieless")


def signals(sheet: Sheet) -> Section:
    """What Global Privacy Control and Do Not Track do here."""
    own = sheet.policy.signals
    gpc, dnt = (own.gpc, own.dnt) if own else (None, None)
    sold = _purposes(sheet, lambda use: within(use, SOLD))
    watched = _purposes(sheet, lambda use: not within(use, NEEDED))
    said = [
        sheet.states(_signal("Global Privacy Control", gpc, sold), "signals", "gpc"),
        sheet.states(_signal("Do Not Track", dnt, watched), "signals", "dnt"),
    ]
    if gpc == "honour":
        file = tag("a", "gpc.json", href="gpc.json")
        told = join("That Global Privacy Control is honoured, a machine can read in ", file, ".")
        said.append(sheet.states(told, "signals", "gpc"))
    return Section("signals", "If your browser says no", join(*said))


def _signal(title: str, done: str | None, stopped: list[str]) -> str:
    if done == "ignore":
        return f"The signal {title} changes nothing here."
    if done is None:
        return f"What the signal {title} does here is not said."
    if not stopped:
        return f"We honour {title}, though nothing is done here that it would stop."
    what = listed(map(plainly, stopped))
    return f"If your browser sends {title}, we take it as your no to {what}, without asking."


def _purposes(sheet: Sheet, chosen: Callable[[str], bool]) -> list[str]:
    return [
        name
        for name, purpose in sheet.policy.purposes.items()
        if any(chosen(use) for use in meaning.uses(purpose))
        and any(basis in STOPPABLE for basis in meaning.bases(purpose))
    ]
