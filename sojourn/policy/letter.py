"""Letters: what is written to people who asked to be told when recipients change (clause S1-41).

Plain text, made from the policy as every document is, with links to the public pages.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sojourn.policy.change import Change
from sojourn.policy.chronicle import Step
from sojourn.policy.model import Policy
from sojourn.policy.wording import dated, lasting

LINE_CHARS = 72
RECIPIENTS = "recipients"
"""The section of a policy whose changes are told."""


class Letter(NamedTuple):
    """What a mail says."""

    subject: str
    text: str


def of_recipients(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Of all changes those of recipients."""
    return tuple(one for one in changes if one.path.split(".")[0] == RECIPIENTS)


def confirming(policy: Policy, link: str, hours: int) -> Letter:
    """Whether it was really they who asked; the link leads to where they say so."""
    who = _who(policy)
    return Letter(
        f"{who}: do you want to be told when recipients change?",
        _laid_out(
            f"Somebody, probably you, asked {who} to write to this address whenever there is a "
            "change in who receives data.",
            "If it was you, say so here:",
            link,
            f"If it was not, do nothing: this address is forgotten after {hours} hours, and "
            "nothing more is sent to it.",
        ),
    )


def telling(step: Step, days: tuple[date, date], pages: str, link: str) -> Letter:
    """What a version changes in who receives data, from when on, and how to object.

    `days` are those of publishing and of taking effect, `pages` is the address below which the
    public pages are, `link` where one asks to be told no more.
    """
    published, begins = days
    who = _who(step.policy)
    changes = "\n".join(
        textwrap.fill(one.what, LINE_CHARS, initial_indent="- ", subsequent_indent="  ")
        for one in of_recipients(step.changes)
    )
    notice = step.before.changes.notice if step.before else None
    promised = f" It promised to tell such changes {lasting(notice)} before." if notice else ""
    return Letter(
        f"{who}: who receives data changes on {dated(begins)}",
        _laid_out(
            f"{who} changes who receives data. From {dated(begins)} on:",
            changes,
            f"This was published on {dated(published)}.{promised}",
            f"You may object to it: {_objecting(step.policy, pages)}",
            "Everybody who receives data:",
            f"{pages}/recipients",
            "Every version, and what it changed:",
            f"{pages}/changes",
            "You get this because you asked for it. To be told no more, and have your address "
            "removed:",
            link,
        ),
    )


def _who(policy: Policy) -> str:
    return " ".join((policy.organisation.name or "An organisation without a name").split())


def _objecting(policy: Policy, pages: str) -> str:
    contact = policy.rights.channel or policy.organisation.privacy_contact
    if contact:
        return f"write to {contact}, and say what you object to."
    return f"{pages}/privacy says how."


def _laid_out(*paragraphs: str) -> str:
    """Paragraphs in short lines; a list of changes has them already, and a link stays whole."""
    return "\n\n".join(
        one
        if one.startswith("- ")
        else textwrap.fill(one, LINE_CHARS, break_long_words=False, break_on_hyphens=False)
        for one in paragraphs
    ) + "\n"  # fmt: skip
