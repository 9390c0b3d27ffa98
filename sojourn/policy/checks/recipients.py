"""Recipients: somebody with a name, given certain data for certain purposes under a contract.

A class of recipients (“service providers”) is told once, as such: what it is given and where it is
can only be said of each member, by name.
"""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.facts import regions
from sojourn.policy.facts.fideslang import NETWORK, within
from sojourn.policy.finding import Code, Finding
from sojourn.policy.meaning import drawn_from
from sojourn.policy.model import Policy, Recipient
from sojourn.policy.source import Path

NO_NAME = Code("P401", "error", "a recipient has no name", ("S1-16", "GDPR 15(1)(c)", "C-154/21"))
NO_CATEGORIES = Code(
    "P402", "error", "nothing says what a recipient is given", ("S1-16", "GDPR 30(1)(d)")
)
NO_PURPOSES = Code(
    "P403", "error", "nothing says what a recipient uses data for", ("S1-13", "S1-16")
)
NO_COUNTRY = Code(
    "P404", "error", "the country of a recipient is missing", ("S2-21", "GDPR 13(1)(f)")
)
NO_AGREEMENT = Code("P405", "error", "a processor without an agreement", ("GDPR 28(3)",))
UNDECLARED_PURPOSE = Code(
    "P406",
    "error",
    "a recipient uses data for what they are not collected for",
    ("S2-18", "S2-20", "GDPR 5(1)(b)"),
)
NETWORK_UNLISTED = Code(
    "P407", "warning", "network data are given without being listed", ("S1-23", "S2-01")
)
OUTSIDE = Code(
    "P408", "error", "a field is of no category that the recipient is given", ("S1-23", "S2-10")
)
ENDED = Code("P409", "note", "a recipient has ended", ("GDPR 15(1)(c)", "GDPR 19"))
SUBPROCESSOR = Code(
    "P410", "warning", "a sub-processor is only half known", ("S1-04", "GDPR 28(2)")
)
NOT_LIABLE = Code("P414", "note", "nobody is said to be liable for sub-processors", ("S1-04",))

PROOFS = ("signed", "evidence")
"""What shows that there is an agreement: its day, or where it lies. Which text it is does not show
that anybody signed it."""


def is_agreed(context: Context, path: Path) -> bool:
    """Whether the `agreement` below a path says that there is one."""
    return any(context.says((*path, "agreement", key)) for key in PROOFS)


def find(context: Context) -> Iterator[Finding]:
    """Each recipient by itself."""
    for name, recipient in context.policy.recipients.items():
        path: Path = ("recipients", name)
        if not context.says((*path, "name")):
            what = f"“{name}” is a class of recipients; people may ask who exactly had their data."
            mend = "Make an entry with a `name:` for each of them."
            yield context.finding(NO_NAME, path, what, mend)
            continue
        yield from _missing(context, path, recipient)
        yield from _given(context, path, recipient)
        yield from _passed_on(context, path, recipient)
        if recipient.until is not None and recipient.until.day < context.at:
            what = f"“{name}” is given nothing since {recipient.until}."
            mend = "Keep the entry: access answers still owe it for what was sent before."
            yield context.finding(ENDED, (*path, "until"), what, mend, value=True)


def is_about_people(policy: Policy, recipient: Recipient) -> bool:
    """Whether a recipient may be given personal data; what is not declared is taken to be."""
    known = [policy.categories.get(name) for name in recipient.categories]
    return not known or any(one is None or one.contains_personal_data for one in known)


def _missing(context: Context, path: Path, recipient: Recipient) -> Iterator[Finding]:
    name = path[-1]
    if not context.says((*path, "categories")):
        what = f"Nothing says which data “{name}” is given."
        yield context.finding(NO_CATEGORIES, path, what, "Say `categories:`.")
    if not context.says((*path, "purposes")):
        what = f"Nothing says what “{name}” uses the data for."
        yield context.finding(NO_PURPOSES, path, what, "Say `purposes:`.")
    country = recipient.country
    if country is not None and not regions.is_country(country):
        what = f"There is no country “{country}”."
        mend = "Say GB." if country == "UK" else "Say its two letters of ISO 3166, such as FR."
        yield context.finding(NO_COUNTRY, (*path, "country"), what, mend, value=True)
    if not is_about_people(context.policy, recipient):
        return
    if not context.says((*path, "country")):
        what = f"Nothing says in which country “{name}” holds the data."
        yield context.finding(NO_COUNTRY, path, what, "Say `country:` with its two letters.")
    if recipient.role != "processor":
        return
    agreement = recipient.agreement
    if not is_agreed(context, path):
        what = f"“{name}” works for the organisation, and nothing says under which contract."
        if context.says((*path, "agreement")):
            what = (
                f"“{name}” works for the organisation, and nothing says that a contract is signed."
            )
        mend = "Say `agreement:` with signed: the day, or make its role controller."
        yield context.finding(NO_AGREEMENT, path, what, mend)
    elif agreement and agreement.signed and agreement.signed.day > context.at:
        what = f"The contract with “{name}” is signed on {agreement.signed}, which is yet to come."
        mend = "Give it nothing before that day."
        yield context.finding(NO_AGREEMENT, (*path, "agreement", "signed"), what, mend, value=True)


def _given(context: Context, path: Path, recipient: Recipient) -> Iterator[Finding]:
    """What a recipient is given, against what the data were collected for."""
    name, categories = path[-1], context.policy.categories
    for number, given in enumerate(recipient.categories):
        category = categories.get(given)
        if category is None:
            continue
        at = (*path, "categories", number)
        if not recipient.fields and any(within(key, NETWORK) for key in category.means):
            what = f"“{given}” holds network data, which reach “{name}” only when they are listed."
            mend = "List what may leave under `fields:`, with the address or without it."
            yield context.finding(NETWORK_UNLISTED, at, what, mend, value=True)
        for place, purpose in enumerate(recipient.purposes):
            known = purpose in context.policy.purposes
            served = set(drawn_from(context.policy, purpose)) & set(category.purposes)
            if category.purposes and known and not served:
                what = f"“{name}” uses “{given}” for “{purpose}”, for which it is not collected."
                mend = f"Add “{purpose}” to the purposes of “{given}”, or do not give it."
                at_purpose = (*path, "purposes", place)
                yield context.finding(UNDECLARED_PURPOSE, at_purpose, what, mend, value=True)
    for number, field in enumerate(recipient.fields):
        declared = context.policy.properties.get(field)
        if declared and declared.category and declared.category not in recipient.categories:
            what = f"“{field}” is of “{declared.category}”, which “{name}” is not given."
            mend = "Leave the field out, or add its category."
            yield context.finding(OUTSIDE, (*path, "fields", number), what, mend, value=True)


def _passed_on(context: Context, path: Path, recipient: Recipient) -> Iterator[Finding]:
    for number, one in enumerate(recipient.subprocessors):
        at = (*path, "subprocessors", number)
        missing = [key for key in ("name", "country") if not context.says((*at, key))]
        if missing:
            known = f"“{one.name}”" if one.name else f"A sub-processor of “{path[-1]}”"
            what = f"{known} has no {' and no '.join(missing)}."
            mend = f"Say {' and '.join(f'`{key}:`' for key in missing)}."
            yield context.finding(SUBPROCESSOR, at, what, mend)
    if recipient.subprocessors and not context.says((*path, "liable")):
        what = f"Nothing says who answers for what “{path[-1]}” passes on."
        yield context.finding(NOT_LIABLE, (*path, "subprocessors"), what, "Say `liable:`.")


CHECK = Check(
    (
        NO_NAME,
        NO_CATEGORIES,
        NO_PURPOSES,
        NO_COUNTRY,
        NO_AGREEMENT,
        UNDECLARED_PURPOSE,
        NETWORK_UNLISTED,
        OUTSIDE,
        ENDED,
        SUBPROCESSOR,
        NOT_LIABLE,
    ),
    find,
)
