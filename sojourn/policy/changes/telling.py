"""Telling: who answers for the data, how people reach them, and what they may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.change import Change, gained, listed, material, minor, said
from sojourn.policy.model import Policy
from sojourn.policy.stricter import is_longer

WHO = ("S2-21", "GDPR 13(1)(a)")
ASK = ("S1-30", "GDPR 12(3)")


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """The organisation, its role, those it works for, rights and their clocks, notice, measures."""
    yield from _organisation(old, new)
    if new.draft and not old.draft:
        what = "It is a draft again: nothing of it is public."
        yield material("draft", what, ("GDPR 13",))
    elif old.draft and not new.draft:
        yield minor("draft", "It is a draft no more: it can be made public.", ("GDPR 13",))
    yield from _rights(old, new)
    if old.changes.notice != new.changes.notice:
        path, notice = "changes.notice", new.changes.notice
        what = f"Changes are told {said(notice)} before; before {said(old.changes.notice)}."
        later = notice is None or is_longer(notice, old.changes.notice)
        yield (material if later and old.changes.notice else minor)(path, what)
    for name in gained(new.measures, old.measures):
        yield minor(f"measures.{name}", f"“{name}” is no measure any more.", ("S1-26", "GDPR 32"))
    for region, links in old.opt_outs.items():
        if gained(new.opt_outs.get(region, ()), links):
            what = f"Ways to opt out in {region} are listed no more."
            yield minor("opt_outs", what, ("S1-22",))


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
    for key, what in (
        ("channel", "Requests are sent to"),
        ("verify", "Who sends a request is checked by"),
        ("complaint_to", "Complaints are sent to"),
    ):
        was, becomes = getattr(before, key), getattr(now, key)
        if was != becomes:
            yield minor(f"rights.{key}", f"{what} {becomes or 'nobody'}.", ASK)


COMPARE = compare
