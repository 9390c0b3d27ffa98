"""Who answers for the data, and whom people may turn to (GDPR 13(1)(a) and (b), 13(2)(d))."""

from __future__ import annotations

from sojourn.policy.facts.countries import called
from sojourn.policy.page import Markup, Section, Sheet, join, tag, told

_ABOUT = {
    "name": "Name",
    "address": "Address",
    "country": "Country",
    "privacy_contact": "Contact for privacy",
    "data_protection_officer": "Data protection officer",
    "representative": "Representative in the EEA",
}


def who(sheet: Sheet, whose: str = "your") -> Section:
    """Who answers, with all ways to reach them; `whose` data it is about, as the reader says it."""
    organisation = sheet.policy.organisation
    pairs = []
    for key, word in _ABOUT.items():
        said = getattr(organisation, key)
        if said:
            shown = called(said) if key == "country" else said
            pairs.append((word, sheet.says(shown, "organisation", key)))
    return Section("who", "Who we are", join(_role(sheet, whose), told(pairs), _controllers(sheet)))


def _role(sheet: Sheet, whose: str) -> Markup:
    if sheet.policy.role == "processor":
        said = (
            f"We work for others, who decide what the data are for. A request about {whose} data"
            " goes to them; one that reaches us we pass on."
        )
        return sheet.states(said, "role")
    said = "We decide what the data are for, and answer for what is done with them."
    return sheet.states(said, "role")


def _controllers(sheet: Sheet) -> Markup:
    if sheet.policy.role != "processor" or not sheet.policy.controllers:
        return Markup()
    pairs = [
        (
            one.name or name,
            sheet.says(
                ", ".join(filter(None, (one.contact, one.country and called(one.country)))),
                *("controllers", name),
            ),
        )
        for name, one in sheet.policy.controllers.items()
    ]
    return join(tag("h3", "For whom we work"), told(pairs))


def complaints(sheet: Sheet) -> Section:
    """Where a complaint goes, here and at the authority."""
    rights, organisation = sheet.policy.rights, sheet.policy.organisation
    said = []
    if rights.complaint_to or organisation.privacy_contact:
        where = rights.complaint_to or organisation.privacy_contact
        path = ("rights", "complaint_to") if rights.complaint_to else ("organisation",)
        said.append(sheet.states(f"If something is wrong, write to {where}.", *path))
    if rights.answer_complaint_within:
        within = f"A complaint is answered within {rights.answer_complaint_within}."
        said.append(sheet.states(within, "rights", "answer_complaint_within"))
    authority = "the data protection authority where you live or work"
    if organisation.authority:
        authority = f"{organisation.authority}, or to {authority}"
    whom = f"You may also complain to {authority}, at any time, and go to court."
    said.append(sheet.states(whom, "organisation", "authority"))
    return Section("complaints", "Complaints", join(*said))
