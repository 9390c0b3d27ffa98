"""The notice: who answers for the data, in which role, and where to reach them (GDPR 13, 30)."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.checks.recipients import is_agreed
from sojourn.policy.facts.regions import EEA, is_country
from sojourn.policy.finding import Code, Finding
from sojourn.policy.source import Path

NO_NAME = Code("P601", "error", "the organisation has no name", ("GDPR 13(1)(a)",))
NO_CONTACT = Code("P602", "error", "the organisation cannot be reached", ("S2-21", "GDPR 13(1)(a)"))
NO_COUNTRY = Code(
    "P603", "error", "the organisation's country is missing", ("S2-21", "GDPR 30(1)(a)")
)
NO_ROLE = Code("P604", "error", "the role is missing", ("S1-02", "S2-21"))
NO_CONTROLLER = Code(
    "P605",
    "error",
    "a processor does not say for whom it works",
    ("S1-02", "GDPR 28(3)", "GDPR 30(2)(a)"),
)
NO_REPRESENTATIVE = Code(
    "P606", "note", "an organisation abroad has no representative", ("GDPR 27", "GDPR 13(1)(a)")
)
NO_MEASURES = Code(
    "P607", "note", "no measures of security are named", ("S1-26", "GDPR 32", "GDPR 30(1)(g)")
)
UNKNOWN_MEASURE = Code("P608", "warning", "a measure is not declared", ("S1-26",))


def find(context: Context) -> Iterator[Finding]:
    """The organisation, its role, those it works for, and how data are secured."""
    if not isinstance(context.source.data, dict):
        return
    yield from _organisation(context)
    yield from _role(context)
    yield from _measures(context)


def _organisation(context: Context) -> Iterator[Finding]:
    path: Path = ("organisation",)
    if not context.says((*path, "name")):
        what = "Nothing says who answers for the data."
        yield context.finding(NO_NAME, path, what, "Under `organisation:`, say its `name:`.")
    missing = [key for key in ("address", "privacy_contact") if not context.says((*path, key))]
    if missing:
        what = f"The organisation has no {' and no '.join(missing).replace('_', ' ')}."
        mend = f"Under `organisation:`, say {' and '.join(f'`{key}:`' for key in missing)}."
        yield context.finding(NO_CONTACT, path, what, mend)
    country = context.policy.organisation.country
    if not context.says((*path, "country")):
        what = "Nothing says in which country the organisation holds the data."
        mend = "Under `organisation:`, say `country:` with its two letters."
        yield context.finding(NO_COUNTRY, path, what, mend)
    elif country is not None and not is_country(country):
        what = f"There is no country “{country}”."
        mend = "Say GB." if country == "UK" else "Say its two letters of ISO 3166, such as FR."
        yield context.finding(NO_COUNTRY, (*path, "country"), what, mend, value=True)
    elif country and country not in EEA and not context.says((*path, "representative")):
        what = f"The organisation is in {country}; people in the EEA may need someone nearer."
        mend = "Say `representative:`, when it offers something to people there."
        yield context.finding(NO_REPRESENTATIVE, path, what, mend)


def _role(context: Context) -> Iterator[Finding]:
    policy = context.policy
    if not context.says(("role",)):
        what = "Nothing says whether the organisation decides what data are for."
        mend = "Say `role: controller`, or processor when it works for others."
        yield context.finding(NO_ROLE, ("role",), what, mend)
    if policy.role != "processor":
        return
    if not context.says(("controllers",)):
        what = "A processor works for somebody, and nothing says for whom."
        mend = "Say `controllers:` with the name and contact of each."
        yield context.finding(NO_CONTROLLER, ("role",), what, mend, value=True)
    for name in policy.controllers:
        path = ("controllers", name)
        missing = [key for key in ("name", "contact") if not context.says((*path, key))]
        missing += [] if is_agreed(context, path) else ["agreement"]
        if missing:
            what = f"“{name}” has no {' and no '.join(missing)}."
            mend = f"Say {' and '.join(f'`{key}:`' for key in missing)}."
            if "agreement" in missing:
                mend += " An agreement has the day on which it was signed."
            yield context.finding(NO_CONTROLLER, path, what, mend)


def _measures(context: Context) -> Iterator[Finding]:
    policy = context.policy
    if policy.categories and not context.says(("measures",)):
        what = "Nothing says how data are secured."
        mend = "Say `measures:`, such as `encryption: at rest, under a key for each person`."
        yield context.finding(NO_MEASURES, ("measures",), what, mend)
    for name, category in policy.categories.items():
        for number, measure in enumerate(category.measures):
            if not context.says(("measures", measure)):
                what = f"No measure is called “{measure[:60]}”."
                mend = "Say what it is under `measures:`."
                path = ("categories", name, "measures", number)
                yield context.finding(UNKNOWN_MEASURE, path, what, mend, value=True)


CHECK = Check(
    (
        NO_NAME,
        NO_CONTACT,
        NO_COUNTRY,
        NO_ROLE,
        NO_CONTROLLER,
        NO_REPRESENTATIVE,
        NO_MEASURES,
        UNKNOWN_MEASURE,
    ),
    find,
)
