"""Recipients: who is given data, which, what for, and where."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from sojourn.policy.change import Change, gained, listed, minor, purposes_of, said, subjects, wider
from sojourn.policy.model import Policy, Recipient

WHO = ("S1-16", "GDPR 13(1)(e)")
WHAT = ("S1-23", "GDPR 13(1)(e)")
WHERE = ("S1-03", "GDPR 13(1)(f)")


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """New and gone recipients, each that stays, and numbers that are given away."""
    for name, recipient in new.recipients.items():
        if name not in old.recipients:
            abroad = f", in {recipient.country}" if recipient.country else ""
            what = f"“{recipient.name or name}” gets {listed(recipient.categories)}{abroad}."
            yield wider(f"recipients.{name}", what, WHO, _purposes(new, recipient))
        else:
            yield from _recipient(name, old.recipients[name], recipient, _purposes(new, recipient))
    for name in gained(new.recipients, old.recipients):
        called = old.recipients[name].name or name
        yield minor(f"recipients.{name}", f"“{called}” gets nothing any more.", WHO)
    yield from _aggregates(old, new)


def _purposes(policy: Policy, recipient: Recipient) -> tuple[str, ...]:
    inner = (one for name in recipient.categories for one in purposes_of(policy, name))
    return recipient.purposes or tuple(inner)


def _recipient(
    name: str, old: Recipient, new: Recipient, purposes: tuple[str, ...]
) -> Iterator[Change]:
    path, who = f"recipients.{name}", f"“{new.name or name}”"
    yield from _identity(name, old, new, purposes)
    yield from _address(path, who, old.webhook, new.webhook, purposes)
    for key, gets in (("categories", "gets"), ("purposes", "may use what it gets for")):
        before, now = getattr(old, key), getattr(new, key)
        if more := gained(before, now):
            touched = more if key == "purposes" else purposes
            yield wider(f"{path}.{key}", f"{who} {gets} {listed(more)} as well.", WHAT, touched)
        if less := gained(now, before):
            yield minor(f"{path}.{key}", f"{who} {gets} {listed(less)} no more.", WHAT)
    yield from _fields(path, who, old, new, purposes)
    yield from subjects(path, f"{who} gets data about", old.subjects, new.subjects, WHAT, purposes)
    if old.pseudonymous != new.pseudonymous:
        what = f"{who} gets {'pseudonyms' if new.pseudonymous else 'who somebody is'}."
        yield (minor if new.pseudonymous else wider)(f"{path}.pseudonymous", what, WHAT, purposes)
    if old.role != new.role:
        what = f"{who} is a {new.role}; before it was a {old.role}."
        own = old.role == "processor"
        yield (wider if own else minor)(f"{path}.role", what, WHO, purposes)
    yield from _places(path, who, old, new, purposes)
    yield from _contract(path, who, old, new, purposes)


def _identity(
    name: str, old: Recipient, new: Recipient, purposes: tuple[str, ...]
) -> Iterator[Change]:
    """Under the same key, another name or another vendor is somebody else. Who has no name is told
    by the key, and a vendor said for the first time only says more of the same."""
    path, called, before = f"recipients.{name}", new.name or name, old.name or name
    if _letters(called) != _letters(before):
        yield wider(f"{path}.name", f"“{called}” gets what “{before}” got before.", WHO, purposes)
    elif called != before:
        yield minor(f"{path}.name", f"“{called}” was written “{before}” before.", WHO)
    for key in ("vendor", "connector"):
        was, becomes = getattr(old, key), getattr(new, key)
        if was and becomes and was != becomes:
            what = f"“{called}” is the vendor “{becomes}”; before it was “{was}”."
            yield wider(f"{path}.{key}", what, WHO, purposes)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def _address(
    path: str, who: str, old: str | None, new: str | None, purposes: tuple[str, ...]
) -> Iterator[Change]:
    """Where data are sent. Another path at the same host is the same recipient's own affair."""
    if old == new:
        return
    if new is None:
        yield minor(f"{path}.webhook", f"Nothing is sent to {who} by itself any more.", WHO)
    elif old is not None and _host(old) == _host(new):
        yield minor(f"{path}.webhook", f"{who} is reached at another address of its host.", WHO)
    else:
        before = f"; before to {_host(old)}" if old else ", which is new"
        what = f"Data for {who} are sent to {_host(new)}{before}."
        yield wider(f"{path}.webhook", what, WHO, purposes)


def _host(address: str) -> str:
    """An address up to its host; a name or password in it is nobody's to read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _fields(
    path: str, who: str, old: Recipient, new: Recipient, purposes: tuple[str, ...]
) -> Iterator[Change]:
    """Without a list, whatever is of the categories may leave."""
    if old.fields and not new.fields:
        what = f"{who} gets every field of its categories."
        yield wider(f"{path}.fields", what, WHAT, purposes)
    elif new.fields and not old.fields:
        yield minor(f"{path}.fields", f"{who} gets {listed(new.fields)} only.", WHAT)
    else:
        if more := gained(old.fields, new.fields):
            yield wider(f"{path}.fields", f"{who} gets {listed(more)} as well.", WHAT, purposes)
        if less := gained(new.fields, old.fields):
            yield minor(f"{path}.fields", f"{who} gets {listed(less)} no more.", WHAT)


def _places(
    path: str, who: str, old: Recipient, new: Recipient, purposes: tuple[str, ...]
) -> Iterator[Change]:
    """Where data go, and to whom they are passed on."""
    if old.country != new.country:
        what = f"{who} has the data in {said(new.country)}; before in {said(old.country)}."
        yield wider(f"{path}.country", what, WHERE, purposes)
    before = {one.name: one.country for one in old.subprocessors}
    now = {one.name: one.country for one in new.subprocessors}
    for name, country in now.items():
        if name not in before or country != before[name]:
            what = f"{who} passes data on to “{name}” in {said(country)}."
            yield wider(f"{path}.subprocessors", what, ("S1-04", *WHERE), purposes)
    for name in gained(now, before):
        what = f"{who} passes nothing on to “{name}” any more."
        yield minor(f"{path}.subprocessors", what, ("S1-04",))


def _contract(
    path: str, who: str, old: Recipient, new: Recipient, purposes: tuple[str, ...]
) -> Iterator[Change]:
    if old.until and (new.until is None or new.until > old.until):
        what = f"{who} gets data {f'until {new.until}' if new.until else 'without an end'}."
        yield wider(f"{path}.until", what, WHO, purposes)
    elif old.until != new.until:
        yield minor(f"{path}.until", f"{who} gets data until {new.until}.", WHO)
    mechanisms = [one.transfer.mechanism if one.transfer else None for one in (old, new)]
    if mechanisms[0] != mechanisms[1]:
        was, becomes = map(said, mechanisms)
        what = f"{who} gets data under {becomes}; before under {was}."
        yield minor(f"{path}.transfer", what, WHERE)
    elif old.transfer != new.transfer:
        yield minor(f"{path}.transfer", f"The papers on the transfer to {who} changed.", WHERE)
    if old.agreement != new.agreement:
        yield minor(f"{path}.agreement", f"The agreement with {who} changed.", ("GDPR 28(3)",))


def _aggregates(old: Policy, new: Policy) -> Iterator[Change]:
    clauses = ("S1-18",)
    was = bool(old.aggregates and old.aggregates.shared)
    now = bool(new.aggregates and new.aggregates.shared)
    if was != now:
        what = f"Numbers about groups are given away {'from now on' if now else 'no more'}."
        yield (wider if now else minor)("aggregates.shared", what, clauses)
    before = old.aggregates.minimum if old.aggregates else None
    least = new.aggregates.minimum if new.aggregates else None
    if before != least:
        what = f"A group has at least {said(least)} people; before {said(before)}."
        smaller = before is not None and (least is None or least < before)
        yield (wider if smaller else minor)("aggregates.minimum", what, clauses)


COMPARE = compare
