"""Which data there are, by category, where they come from, and how long they stay
(GDPR 13(2)(a) and (e), 14(1)(d), 14(2)(f))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.facts.fideslang import NETWORK, within
from sojourn.policy.facts.plain import CATEGORIES
from sojourn.policy.model import Category, Property, Reduction
from sojourn.policy.page import Markup, Section, Sheet, join, table, tag, told
from sojourn.policy.reducing import truncated
from sojourn.policy.wording import kept, lasting, listed, named, plainly

ADDRESSES = ("203.0.113.7", "2001:db8:85a3:8d3:1319:8a2e:370:7348")
"""Addresses of nobody, for examples (RFC 5737, RFC 3849): an IPv6 one where all 32 bits stay."""
_REDUCED = {
    "drop": "left out before anything is stored",
    "country": "only the country is kept",
    "keyed_hash": "replaced by a pseudonym",
}


def data(sheet: Sheet) -> Section:
    """Each category: what it is, whose, what for, how long."""
    policy = sheet.policy
    parts = [
        piece
        for name, category in policy.categories.items()
        for piece in (tag("h3", named(name)), _category(sheet, name, category))
    ]
    return Section("data", "Which data we hold", join(*parts, _undeclared(sheet)))


def _category(sheet: Sheet, name: str, category: Category) -> Markup:
    path = ("categories", name)
    if not category.contains_personal_data:
        return sheet.states("This is about nobody.", *path, "contains_personal_data")
    retention = sheet.policy.retention.get(name)
    what = listed(CATEGORIES.get(key, key) for key in category.means)
    subjects = meaning.people_in(sheet.policy, name)
    at = (*path, "subjects") if category.subjects else ("subjects",)
    known = listed(map(plainly, category.purposes or tuple(_purposes(sheet, name))))
    pairs = [
        ("What it is", sheet.says(what, *path, "means") if category.means else ""),
        ("In detail", _properties(sheet, name)),
        ("Whose", sheet.says(listed(map(plainly, subjects)), *at) if subjects else ""),
        ("What for", sheet.says(known, *path, "purposes")),
        ("How long", sheet.says(kept(retention), "retention", name) if retention else ""),
    ]
    return told(pairs)


def _purposes(sheet: Sheet, category: str) -> Iterator[str]:
    """What a category is used for where only its properties and events say it."""
    seen = set()
    for _, _, own in meaning.collected(sheet.policy):
        for purpose in own.purposes if own.category == category else ():
            if purpose not in seen:
                seen.add(purpose)
                yield purpose


def _properties(sheet: Sheet, category: str) -> Markup:
    """Each property of a category, with what is left of it and where it comes from."""
    pieces = []
    for name, property in sheet.policy.properties.items():
        if property.category == category:
            notes = "; ".join(_notes(sheet, name, property))
            linked = sheet.name(name, "properties", name)
            pieces.append(tag("span", linked, f": {notes}" if notes else ""))
    separated = [piece for one in pieces for piece in (one, tag("br"))]
    return join(*separated[:-1])


def _notes(sheet: Sheet, name: str, property: Property) -> Iterator[str]:
    if property.says:
        yield property.says
    if property.optional:
        yield "you need not give it"
    if property.source:
        origin = sheet.policy.sources.get(property.source)
        yield f"from {(origin and origin.name) or plainly(property.source)}"
    if isinstance(property.reduce, str):
        yield _REDUCED[property.reduce]
    elif property.reduce is not None:
        yield from _reductions(property.reduce, is_address=_is_address(sheet, name, property))


def _is_address(sheet: Sheet, name: str, property: Property) -> bool:
    """Whether a property is an IP address, by its name or by what its category means."""
    if "ip" in re.split(r"[^a-z]+", name.lower()):
        return True
    category = sheet.policy.categories.get(property.category or "")
    means = category.means if category else ()
    return bool(means) and all(within(key, NETWORK) for key in means)


def _reductions(reduction: Reduction, *, is_address: bool) -> Iterator[str]:
    for key, said in _REDUCED.items():
        if getattr(reduction, key):
            yield said
    if reduction.strip_query:
        kept_parts = f", but for {', '.join(reduction.keep)}" if reduction.keep else ""
        yield f"without what follows the “?” of an address{kept_parts}"
    if reduction.truncate is not None:
        yield _shortened(reduction.truncate, is_address=is_address)
    if reduction.round is not None:
        yield f"rounded to a multiple of {reduction.round:g}"
    if reduction.bucket:
        edges = ", ".join(f"{edge:g}" for edge in reduction.bucket)
        yield f"only between which of {edges} it lies"


def _shortened(length: int, *, is_address: bool) -> str:
    """What is left of a text, or of an address: told by what becomes of one."""
    if not is_address:
        return f"only the first {length} characters are kept"
    for one in ADDRESSES:
        left = truncated(one, length)
        if left != one:
            return f"only the beginning is kept: of {one}, for instance, {left}"
    return "kept whole"


def _undeclared(sheet: Sheet) -> Markup:
    undeclared = sheet.policy.undeclared
    said = "What is not named here is kept out."
    if "accept" in (undeclared.events, undeclared.properties):
        taken = f" as {plainly(undeclared.as_)}" if undeclared.as_ else ""
        said = f"What is not named here may be taken in{taken}."
    return join(sheet.states(said, "undeclared"), _looked_for(sheet))


def _looked_for(sheet: Sheet) -> Markup:
    """What becomes of values that hold a secret or tell who somebody is: exactly what the gate does
    with them. Secrets and e-mail addresses are looked for whatever the policy says."""
    undeclared = sheet.policy.undeclared
    said = [
        "Values in which there is a card number, a password or an access token are refused: they"
        " are left out before anything is stored.",
        "Values in which there is an e-mail address are kept sealed: encrypted, shown in no report"
        " and no list, and each time somebody opens them is recorded.",
    ]
    if "phone" in undeclared.scan and undeclared.properties == "accept":
        said.append(
            "What is not named here is kept sealed in the same way where its whole value is a"
            " telephone number in international form, such as +33 6 12 34 56 78."
        )
    return join(*(sheet.states(one, "undeclared", "scan") for one in said))


def origins(sheet: Sheet) -> Section:
    """Where data come from, and what one need not give (clause S1-07)."""
    said = [
        sheet.states("Most of it you give us, or it arises when you use the service.", "properties")
    ]
    for name, origin in sheet.policy.sources.items():
        given = f" gives us your {listed(map(plainly, origin.gives))}" if origin.gives else ""
        within = ""
        if origin.notice_within:
            within = f" People are told of it within {lasting(origin.notice_within)}."
        said.append(sheet.states(f"{origin.name or named(name)}{given}.{within}", "sources", name))
    optional = [name for name, one in sheet.policy.properties.items() if one.optional]
    if optional:
        what = f"You need not give your {listed(map(plainly, optional))}: nothing depends on it."
        said.append(sheet.states(what, "properties", optional[0]))
    return Section("origins", "Where the data come from", join(*said))


def durations(sheet: Sheet) -> Section:
    """How long each category stays, in backups and copies too, and what may stay longer."""
    policy = sheet.policy
    rows = [
        (named(name), sheet.says(kept(one), "retention", name))
        for name, one in policy.retention.items()
    ]
    after = []
    if policy.backups.keep:
        said = f"Backups are at most {lasting(policy.backups.keep)} old; then they are gone, too."
        after.append(sheet.states(said, "backups", "keep"))
    for name, keep in policy.copies.items():
        said = f"{named(name)} stay for {lasting(keep)}."
        after.append(sheet.states(said, "copies", name))
    for number, exemption in enumerate(policy.exceptions):
        what = exemption.says or "Some data stay although they were asked to be erased"
        scope = f": {listed(map(plainly, exemption.categories))}" if exemption.categories else ""
        until = f", until {exemption.until}" if exemption.until else ""
        law = f" (GDPR {exemption.article})" if exemption.article else ""
        after.append(sheet.states(f"{what}{scope}{until}{law}.", "exceptions", number))
    shown = table("How long data stay", ("Data", "How long"), rows) if rows else Markup()
    return Section("durations", "How long we keep them", join(shown, *after))
