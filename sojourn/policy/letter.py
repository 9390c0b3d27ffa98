"""Letters: what is written to people who asked to be told when recipients change (clause S1-41).

Plain text, made from the policy as every document is, with links to the public pages.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import tzinfo
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


def dropped_by(step: Step, public: Sequence[Step]) -> list[Step]:
    """The versions that said who is to receive data, and that this one withdrew before they held:
    itself, or by withdrawing the one that had."""
    by = {one.version.number: one.withdrawn.number for one in public if one.withdrawn}
    found = []
    for one in public:
        number = one.version.number
        while number in by:
            number = by[number]
        is_dropped = one.withdrawn is not None and number == step.version.number
        if is_dropped and of_recipients(one.changes):
            found.append(one)
    return found


def telling(step: Step, dropped: Sequence[Step], zone: tzinfo, pages: str, link: str) -> Letter:
    """What a version changes in who receives data, from when on, and how to object; and what of
    the versions `dropped` by it does not come.

    Days are those of a time zone, `pages` is the address below which the public pages are, `link`
    where one asks to be told no more.
    """
    _, begins = step.days(zone)
    who, changes = _who(step.policy), of_recipients(step.changes)
    subject = f"{who}: who receives data changes on {dated(begins)}"
    if not changes:
        subject = f"{who}: a change in who receives data does not come"
    return Letter(
        subject,
        _laid_out(
            *(_coming(step, changes, zone, pages) if changes else ()),
            *(piece for one in dropped for piece in _not_coming(one, changes, zone)),
            "Everybody who receives data:",
            f"{pages}/recipients",
            "Every version, and what it changed:",
            f"{pages}/changes",
            "You get this because you asked for it. To be told no more, and have your address "
            "removed:",
            link,
        ),
    )


def _coming(step: Step, changes: Sequence[Change], zone: tzinfo, pages: str) -> tuple[str, ...]:
    published, begins = step.days(zone)
    notice = step.before.changes.notice if step.before else None
    # Only what lets others have more was promised to be told before.
    promised = ""
    if notice and any(one.widens for one in changes):
        promised = f" It promised to tell such changes {lasting(notice)} before."
    return (
        f"{_who(step.policy)} changes who receives data. From {dated(begins)} on:",
        _items(changes),
        f"This was published on {dated(published)}.{promised}",
        f"You may object to it: {_objecting(step.policy, pages)}",
    )


def _not_coming(step: Step, changes: Sequence[Change], zone: tzinfo) -> tuple[str, ...]:
    """What was announced, was withdrawn, and is not among what comes all the same."""
    coming = {one.what for one in changes}
    gone = [one for one in of_recipients(step.changes) if one.what not in coming]
    if not gone:
        return ()
    published, begins = step.days(zone)
    return (
        f"What was announced on {dated(published)} was withdrawn before it held, and does not come "
        f"on {dated(begins)}:",
        _items(gone),
    )


def _items(changes: Sequence[Change]) -> str:
    return "\n".join(
        textwrap.fill(one.what, LINE_CHARS, initial_indent="- ", subsequent_indent="  ")
        for one in changes
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
