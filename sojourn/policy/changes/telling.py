"""Telling: who answers for the data, how people reach them, and what they may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.change import Change, gained, listed, material, minor, said, wider
from sojourn.policy.model import Policy
from sojourn.policy.stricter import is_longer
from sojourn.policy.words import Duration

WHO = ("S2-21", "GDPR 13(1)(a)")
ASK = ("S1-30", "GDPR 12(3)")
STOP = ("S1-32", "GDPR 21(3)")


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """The organisation, its role, those it works for, rights and their clocks, notice, measures."""
    yield from _organisation(old, new)
    if new.draft and not old.draft:
        # A draft takes nothing out when its time has come, so that data may stay for longer.
        what = "It is a draft again: nothing of it is public, and nothing ends by itself."
        yield wider("draft", what, ("GDPR 13",))
    elif old.draft and not new.draft:
        yield minor("draft", "It is a draft no more: it can be made public.", ("GDPR 13",))
    yield from _rights(old, new)
    yield from _notice(old.changes.notice, new.changes.notice)
    for name in gained(new.measures, old.measures):
        yield minor(f"measures.{name}", f"“{name}” is no measure any more.", ("S1-26", "GDPR 32"))
    for region, links in old.opt_outs.items():
        if gained(new.opt_outs.get(region, ()), links):
            what = f"Ways to opt out in {region} are listed no more."
            yield minor("opt_outs", what, ("S1-22",))


def _notice(old: Duration | None, new: Duration | None) -> Iterator[Change]:
    """Promising less lets more be done sooner than people were told, so it waits as that does."""
    if old == new:
        return
    promised = f"Changes are told {new} before they hold" if new else "No notice is promised"
    before = f"{old} before" if old else "no notice was promised"
    less = old is not None and (new is None or is_longer(new, old))
    yield (wider if less else minor)("changes.notice", f"{promised}; until now {before}.")


def _organisation(old: Policy, new: Policy) -> Iterator[Change]:
    before, now = old.organisation, new.organisation
    for key in ("name", "country"):
        was, becomes = getattr(before, key), getattr(now, key)
        if was != becomes:
            what = f"Who answers for the data has another {key}: {becomes}; before {said(was)}."
            # Where nobody was named before, nobody else takes over.
            change = material if was else minor
            yield change(f"organisation.{key}", what, WHO)
    for key in ("address", "privacy_contact", "data_protection_officer", "representative"):
        if getattr(before, key) != getattr(now, key):
            word = key.replace("_", " ")
            yield minor(f"organisation.{key}", f"The organisation has another {word}.", WHO)
    if before.authority != now.authority:
        what = f"People complain to {said(now.authority)}."
        yield minor("organisation.authority", what, ("S1-35", "GDPR 13(2)(d)"))
    if before.transfer != now.transfer:
        what = "The organisation gets data abroad by another right."
        yield minor("organisation.transfer", what, ("S1-03", "GDPR 13(1)(f)"))
    if old.role != new.role:
        what = f"The organisation is a {said(new.role)}; before a {said(old.role)}."
        yield (material if old.role else minor)("role", what, ("S1-02",))
    for name in gained(old.controllers, new.controllers):
        yield minor(f"controllers.{name}", f"The organisation works for “{name}”.", ("S1-02",))
    for name in gained(new.controllers, old.controllers):
        what = f"The organisation works for “{name}” no more."
        yield minor(f"controllers.{name}", what, ("S1-02",))


def _rights(old: Policy, new: Policy) -> Iterator[Change]:
    before, now = old.rights, new.rights
    if less := gained(now.offers, before.offers):
        yield material("rights.offers", f"People may not {listed(less)} any more.", ASK)
    if more := gained(before.offers, now.offers):
        yield minor("rights.offers", f"People may {listed(more)}.", ASK)
    for key, what in (
        ("answer_within", "A request is answered within"),
        ("stop_marketing_within", "Marketing stops at recipients within"),
        ("answer_complaint_within", "A complaint is answered within"),
    ):
        was, becomes = getattr(before, key), getattr(now, key)
        if was != becomes:
            text = f"{what} {said(becomes)}; before {said(was)}."
            slower = was is not None and is_longer(was, becomes)
            yield (material if slower else minor)(f"rights.{key}", text, ASK)
    if before.stop_marketing_here != now.stop_marketing_here:
        here, was = (said(one.stop_marketing_here or "without delay") for one in (now, before))
        change = material if before.stop_marketing_here else minor
        yield change(
            "rights.stop_marketing_here", f"Marketing stops here {here}; before {was}.", STOP
        )
    for key, what in (
        ("channel", "Requests are sent to"),
        ("verify", "Who sends a request is checked by"),
        ("complaint_to", "Complaints are sent to"),
    ):
        was, becomes = getattr(before, key), getattr(now, key)
        if was != becomes:
            yield minor(f"rights.{key}", f"{what} {becomes or 'nobody'}.", ASK)


COMPARE = compare
