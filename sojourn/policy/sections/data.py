"""Which data there are, by category, where they come from, and how long they stay
(GDPR 13(2)(a) and (e), 14(1)(d), 14(2)(f))."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.facts.plain import CATEGORIES
from sojourn.policy.model import Category, Property, Reduction
from sojourn.policy.page import Markup, Section, Sheet, join, table, tag, told
from sojourn.policy.wording import kept, lasting, listed, named, plainly

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
    whose = listed(map(plainly, category.subjects))
    known = listed(map(plainly, category.purposes or tuple(_purposes(sheet, name))))
    pairs = [
        ("What it is", sheet.says(what, *path, "means") if category.means else ""),
        ("In detail", _properties(sheet, name)),
        ("Whose", sheet.says(whose, *path, "subjects") if category.subjects else ""),
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
            notes = "; ".join(_notes(sheet, property))
            linked = sheet.name(name, "properties", name)
            pieces.append(tag("span", linked, f": {notes}" if notes else ""))
    separated = [piece for one in pieces for piece in (one, tag("br"))]
    return join(*separated[:-1])


def _notes(sheet: Sheet, property: Property) -> Iterator[str]:
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
        yield from _reductions(property.reduce)


def _reductions(reduction: Reduction) -> Iterator[str]:
    for key, said in _REDUCED.items():
        if getattr(reduction, key):
            yield said
    if reduction.strip_query:
        kept_parts = f", but for {', '.join(reduction.keep)}" if reduction.keep else ""
        yield f"without what follows the “?” of an address{kept_parts}"
    if reduction.truncate is not None:
        yield f"shortened to {reduction.truncate} characters, an IP address to so many bits"
    if reduction.round is not None:
        yield f"rounded to a multiple of {reduction.round:g}"
    if reduction.bucket:
        edges = ", ".join(f"{edge:g}" for edge in reduction.bucket)
        yield f"only between which of {edges} it lies"


def _undeclared(sheet: Sheet) -> Markup:
    undeclared = sheet.policy.undeclared
    if "accept" not in (undeclared.events, undeclared.properties):
        said = "What is not named here is kept out."
        return sheet.states(said, "undeclared")
    taken = f" as {plainly(undeclared.as_)}" if undeclared.as_ else ""
    looked_for = listed(map(plainly, undeclared.scan))
    said = f"What is not named here may be taken in{taken}; any {looked_for} in it is taken out."
    return sheet.states(said, "undeclared")


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
