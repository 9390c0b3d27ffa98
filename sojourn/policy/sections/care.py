"""How data are taken care of: the young, security, numbers that are shared, and changes."""

from __future__ import annotations

from sojourn.policy.page import Section, Sheet, join, table, tag
from sojourn.policy.wording import lasting, named, region


def age(sheet: Sheet) -> Section:
    """From which age people consent themselves, and what becomes of the younger."""
    own, said = sheet.policy.age, []
    if own is None or not own.consent_from:
        told = "Nothing here is meant for children."
        return Section("age", "Children", sheet.states(told, "age"))
    default = own.consent_from.get("default")
    if default is not None:
        told = f"You consent yourself from {default} years of age on."
        said.append(sheet.states(told, "age", "consent_from", "default"))
    rows = [
        (region(where)[:1].upper() + region(where)[1:],
         sheet.says(f"{years} years", "age", "consent_from", where))
        for where, years in own.consent_from.items()
        if where != "default" and years != default
    ]  # fmt: skip
    if rows:
        said.append(table("Age of consent", ("Where the law says otherwise", "From"), rows))
    younger = {
        "refuse": "Of younger people nothing is done that needs consent.",
        "guardian": "For younger people a parent or guardian agrees.",
    }
    said.append(sheet.states(younger[own.below], "age", "below"))
    told = "If we find that a child's data came in without that, we erase them."
    said.append(sheet.states(told, "age", "found"))
    return Section("age", "Children", join(*said))


def security(sheet: Sheet) -> Section:
    """What secures the data, and from how many people on numbers are shared."""
    said = [
        sheet.states(f"{named(name)}: {what}.", "measures", name)
        for name, what in sheet.policy.measures.items()
    ]
    if not said:
        said.append(sheet.states("The policy names no measures.", "measures"))
    aggregates = sheet.policy.aggregates
    if aggregates and aggregates.shared:
        least = ""
        if aggregates.minimum:
            least = f", and each of them is about {aggregates.minimum} people at least"
        told = f"We share numbers in which nobody is told apart{least}."
        said.append(sheet.states(told, "aggregates"))
    elif aggregates and aggregates.minimum:
        told = f"Numbers that leave are about {aggregates.minimum} people at least."
        said.append(sheet.states(told, "aggregates"))
    if sheet.policy.identity.purpose:
        told = "What you did on several devices, or before you signed in, is joined once we know"
        purpose = named(sheet.policy.identity.purpose).lower()
        told += f" that it was you; this serves {purpose}."
        said.append(sheet.states(told, "identity", "purpose"))
    return Section("security", "How they are kept safe", join(*said))


def changes(sheet: Sheet) -> Section:
    """How people hear of a change."""
    told = f"This is version {sheet.policy.version or 'without a number'}."
    said = [sheet.states(told, "version")]
    if sheet.policy.changes.notice:
        within = lasting(sheet.policy.changes.notice)
        told = (
            f"A change that gives your data to somebody new, uses them for more or keeps them"
            f" longer is told at least {within} before."
        )
        said.append(sheet.states(told, "changes", "notice"))
    said.append(tag("p", tag("a", "All versions, with their dates", href="changes"), "."))
    return Section("changes", "Changes", join(*said))
