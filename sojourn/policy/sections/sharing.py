"""Who is given which data, what for, where, and by what right they leave (GDPR 13(1)(e), (f))."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.checks.recipients import is_about_people
from sojourn.policy.facts.countries import called, in_a_sentence
from sojourn.policy.facts.fideslang import NETWORK, within
from sojourn.policy.facts.mechanisms import MECHANISMS
from sojourn.policy.facts.regions import EEA, protects_as_here
from sojourn.policy.model import Policy, Property, Recipient, Reduction, Transfer
from sojourn.policy.page import Markup, Section, Sheet, join, table, told
from sojourn.policy.rules import anonymises
from sojourn.policy.source import Path
from sojourn.policy.wording import dated, listed, named, plainly, purposes

_ROLES = {
    "processor": "works for us, under our instructions",
    "controller": "decides itself what it does with the data",
    "affiliate": "belongs to the same group as we do",
}


def fields_of(policy: Policy, recipient: Recipient) -> tuple[str, ...]:
    """The properties that may leave to a recipient: those listed, otherwise those of its
    categories, except network data; exactly what the send gate lets out, where Sojourn sends."""
    return tuple(
        name
        for name, property in policy.properties.items()
        if _is_given(policy, recipient, name, property)
    )


def _is_given(policy: Policy, recipient: Recipient, name: str, property: Property) -> bool:
    category = policy.categories.get(property.category or "")
    if category is None or property.category not in recipient.categories or _is_dropped(property):
        return False
    names_somebody = category.identifying and not anonymises(property.reduce)
    if not category.contains_personal_data or (recipient.pseudonymous and names_somebody):
        return False
    if recipient.webhook or recipient.connector:
        shared = set(meaning.purposes_of(policy, property)) & set(recipient.purposes)
        if not shared:
            return False
    if recipient.fields:
        return name in recipient.fields
    return not any(within(key, NETWORK) for key in category.means)


def _is_dropped(property: Property) -> bool:
    reduced = property.reduce
    return reduced == "drop" or (isinstance(reduced, Reduction) and reduced.drop)


def is_over(sheet: Sheet, recipient: Recipient) -> bool:
    """Whether a recipient is given nothing any more."""
    return recipient.until is not None and recipient.until.day < sheet.at


def is_abroad(sheet: Sheet, recipient: Recipient) -> bool:
    """Whether personal data leave the European Economic Area for a recipient."""
    leaves = recipient.country is not None and recipient.country not in EEA
    return leaves and is_about_people(sheet.policy, recipient)


def sharing(sheet: Sheet) -> Section:
    """The recipients of today in a table; their page says more of each."""
    rows = [
        (
            sheet.name(one.name or name, "recipients", name),
            sheet.says(listed(map(plainly, one.purposes)), "recipients", name, "purposes"),
            sheet.says(listed(map(plainly, one.categories)), "recipients", name, "categories"),
            called(one.country) if one.country else "not said",
        )
        for name, one in sheet.policy.recipients.items()
        if not is_over(sheet, one)
    ]
    if not rows:
        said = "Nobody outside is given your data."
        return Section("sharing", "Who receives them", sheet.states(said, "recipients"))
    head = ("Recipient", "What for", "Which data", "Country")
    more = "Their own page says what each is given, and under which contract."
    content = join(table("Who receives data", head, rows), sheet.states(more, "recipients"))
    return Section("sharing", "Who receives them", content)


def transfers(sheet: Sheet) -> Section:
    """By what right data leave the EEA, each country and mechanism once."""
    abroad = {
        name: one
        for name, one in sheet.policy.recipients.items()
        if is_abroad(sheet, one) and not is_over(sheet, one)
    }
    rows = [
        (
            sheet.name(one.name or name, "recipients", name),
            called(one.country or ""),
            safeguard(sheet, one.country or "", one.transfer, ("recipients", name)),
        )
        for name, one in abroad.items()
    ]
    parts: list[Markup] = [_own(sheet)]
    if rows:
        head = ("Recipient", "Country", "What protects the data there")
        parts.append(table("Transfers out of the EEA", head, rows))
    else:
        said = "Data do not leave the European Economic Area for any recipient."
        parts.append(sheet.states(said, "recipients"))
    contact = sheet.policy.organisation.privacy_contact
    if rows and contact:
        said = f"You get a copy of what protects them from {contact}."
        parts.append(sheet.states(said, "organisation", "privacy_contact"))
    return Section("transfers", "Data that leave the European Economic Area", join(*parts))


def _own(sheet: Sheet) -> Markup:
    """That the organisation itself holds the data abroad."""
    organisation = sheet.policy.organisation
    if not organisation.country or organisation.country in EEA:
        return Markup()
    where = in_a_sentence(organisation.country)
    said = f"We ourselves hold the data in {where}. What protects them: "
    how = safeguard(sheet, organisation.country, organisation.transfer, ("organisation",))
    return join(Markup("<p>"), said, how, Markup("</p>"))


def safeguard(sheet: Sheet, country: str, transfer: Transfer | None, path: Path) -> Markup:
    """What protects data in a country: a mechanism, or its own law."""
    if transfer is None or transfer.mechanism is None:
        if protects_as_here(country, sheet.at):
            return sheet.says("the country's own law (an adequacy decision)", *path, "country")
        return sheet.says("nothing is said", *path)
    return sheet.says("; ".join(_mechanism(transfer)), *path, "transfer")


def _mechanism(transfer: Transfer) -> Iterator[str]:
    known = MECHANISMS.get(transfer.mechanism or "")
    if known is None:
        yield transfer.mechanism or ""
    else:
        module = f", module {transfer.module}" if transfer.module else ""
        yield f"{known.title}{module} ({known.source})"
    if transfer.signed:
        yield f"signed on {dated(transfer.signed)}"
    if transfer.assessment:
        yield f"assessed in {transfer.assessment}"
    if transfer.until:
        yield f"until {dated(transfer.until)}"


def each(sheet: Sheet, *, over: bool) -> Iterator[tuple[str, Markup]]:
    """Every recipient of today, or every former one: its name, and all that is said of it."""
    for name, one in sheet.policy.recipients.items():
        if is_over(sheet, one) == over:
            yield one.name or named(name), _recipient(sheet, name, one)


def _recipient(sheet: Sheet, name: str, one: Recipient) -> Markup:
    path = ("recipients", name)
    given = listed(map(plainly, one.categories)) if one.categories else ""
    what_for = purposes(sheet.policy, one.purposes)
    pairs = [
        ("What for", sheet.says(what_for, *path, "purposes") if one.purposes else ""),
        ("Which data", sheet.says(given, *path, "categories") if given else ""),
        ("In detail", _detail(sheet, name, one)),
        ("Whose", _said(sheet, listed(map(plainly, one.subjects)), *path, "subjects")
            if one.subjects else ""),
        ("Its role", sheet.says(f"It {_ROLES[one.role]}", *path, "role")),
        ("Country", _said(sheet, called(one.country) if one.country else "", *path, "country")),
        ("Protection", safeguard(sheet, one.country or "", one.transfer, path)
            if is_abroad(sheet, one) else ""),
        ("Contract", _agreement(sheet, name, one)),
        ("Passes data on to", _passed_on(sheet, name, one)),
        ("Answers for it", _said(sheet, one.liable, *path, "liable")),
        ("Contact", _said(sheet, one.contact, *path, "contact")),
        ("Until", _said(sheet, dated(one.until) if one.until else "", *path, "until")),
        ("Note", _said(sheet, one.says, *path, "says")),
    ]  # fmt: skip
    return told(pairs)


def _said(sheet: Sheet, said: str | None, *path: str) -> str:
    return sheet.says(said, *path) if said else ""


def _detail(sheet: Sheet, name: str, one: Recipient) -> str:
    known = [sheet.policy.categories.get(category) for category in one.categories]
    if known and not any(one is None or one.contains_personal_data for one in known):
        return "nothing about a person"
    fields = listed(map(plainly, fields_of(sheet.policy, one)))
    told = fields if fields != "nothing" else "what the categories hold"
    if one.pseudonymous:
        told += ", under a pseudonym that only we can resolve"
    place = "fields" if one.fields else "pseudonymous" if one.pseudonymous else "categories"
    return sheet.says(told, "recipients", name, place)


def _agreement(sheet: Sheet, name: str, one: Recipient) -> str:
    if one.agreement is None:
        return ""
    ends = {"delete": "deletes the data at its end", "return": "returns the data at its end"}
    parts = [
        one.agreement.version or "",
        f"signed on {dated(one.agreement.signed)}" if one.agreement.signed else "",
        ends.get(one.agreement.at_end or "", ""),
    ]
    return sheet.says("; ".join(filter(None, parts)), "recipients", name, "agreement")


def _passed_on(sheet: Sheet, name: str, one: Recipient) -> str:
    if not one.subprocessors:
        return ""
    told = listed(
        f"{sub.name or 'somebody'} ({called(sub.country) if sub.country else 'country not said'})"
        for sub in one.subprocessors
    )
    return sheet.says(told, "recipients", name, "subprocessors")
