"""Transfers: by what right data leave for a country that does not protect them as here.

A mechanism has a beginning and an end, reaches certain countries, and needs papers. Each recipient
is judged as of the day, or as of its last day when it has ended. That an organisation abroad
collects from people directly is no transfer (EDPB Guidelines 05/2021), so nothing is demanded of
it; what it says of itself is judged all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sojourn.policy.check import Check, Context
from sojourn.policy.checks.recipients import is_about_people
from sojourn.policy.facts.mechanisms import MECHANISMS, MODULES, SCHREMS_II, Mechanism
from sojourn.policy.facts.regions import EEA, protects_as_here
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Recipient, Transfer
from sojourn.policy.reading import closest
from sojourn.policy.source import Path
from sojourn.policy.words import Country

MISSING = Code(
    "P420", "error", "a transfer mechanism is missing", ("S1-03", "S2-21", "GDPR 13(1)(f)")
)
UNKNOWN = Code("P421", "error", "a transfer mechanism is unknown", ("S1-03", "GDPR 44"))
NOT_VALID = Code(
    "P422", "error", "a transfer mechanism is not valid on this day", ("S1-03", "GDPR 44")
)
INCOMPLETE = Code("P423", "error", "standard clauses are incomplete", ("S1-03", "GDPR 46(2)(c)"))
NOT_HERE = Code(
    "P424", "error", "a transfer mechanism does not reach this country", ("S1-03", "GDPR 45")
)
WRONG_MODULE = Code("P425", "warning", "the module does not fit the roles", ("S1-03",))
NO_ASSESSMENT = Code(
    "P426", "warning", "a transfer was not assessed", ("S1-03", "C-311/18", "GDPR 46(1)")
)


def find(context: Context) -> Iterator[Finding]:
    """The organisation's own transfer, then each recipient's."""
    organisation = context.policy.organisation
    if organisation.transfer is not None:
        path: Path = ("organisation", "transfer")
        yield from _judged(context, path, organisation.transfer, organisation.country, context.at)
    for name, recipient in context.policy.recipients.items():
        yield from _of_recipient(context, ("recipients", name), recipient)


def _of_recipient(context: Context, path: Path, recipient: Recipient) -> Iterator[Finding]:
    until = recipient.until
    day = min(context.at, until.day) if until else context.at
    if not is_about_people(context.policy, recipient):
        return
    # Where data are protected as here, no mechanism is needed, whatever is said of one.
    if recipient.country is not None and protects_as_here(recipient.country, day):
        return
    if not context.says((*path, "transfer", "mechanism")):
        # A class of recipients that is nowhere yet is told as such; nothing is missing from it.
        if context.says((*path, "name")) or recipient.country or recipient.transfer:
            yield _missing(context, path, recipient)
    elif recipient.transfer is not None:
        at = (*path, "transfer")
        yield from _judged(context, at, recipient.transfer, recipient.country, day)
        yield from _module(context, at, recipient)


def _missing(context: Context, path: Path, recipient: Recipient) -> Finding:
    where = f"is in {recipient.country}" if recipient.country else "may be anywhere"
    what = f"“{path[-1]}” {where}, and nothing says by what right data go there."
    mend = "Say `transfer:` with its mechanism, such as scc_2021_914, or dpf for one on its list."
    if recipient.country is None:
        mend = "Say its `country:`, and outside the EEA `transfer:` with a mechanism."
    return context.finding(MISSING, path, what, mend)


def _judged(
    context: Context, path: Path, transfer: Transfer, country: Country | None, day: date
) -> Iterator[Finding]:
    """One transfer to a country (when it is known) as of a day."""
    word, at = transfer.mechanism, (*path, "mechanism")
    if word is None:
        return
    mechanism = MECHANISMS.get(word)
    if mechanism is None:
        what = f"“{word[:60]}” is no mechanism that is known here."
        mend = closest(word, list(MECHANISMS)) or f"Say one of {', '.join(MECHANISMS)}."
        yield context.finding(UNKNOWN, at, what, mend, value=True)
        return
    yield from _in_time(context, path, transfer, mechanism, day)
    yield from _reach(context, at, word, mechanism, country, day)
    yield from _papers(context, path, transfer, mechanism, day)


def _in_time(
    context: Context, path: Path, transfer: Transfer, mechanism: Mechanism, day: date
) -> Iterator[Finding]:
    title = mechanism.title[0].upper() + mechanism.title[1:]
    told = f" ({mechanism.source})."
    instead = f"Today: {mechanism.instead}." if mechanism.instead else "Name another mechanism."
    at = (*path, "mechanism")
    if mechanism.until is not None and day > mechanism.until:
        day_after = mechanism.until + timedelta(days=1)
        what = f"{title} {mechanism.carries} nothing since {day_after}{told}"
        yield context.finding(NOT_VALID, at, what, instead, value=True)
    elif day < mechanism.since:
        what = f"{title} {mechanism.carries} nothing before {mechanism.since}{told}"
        yield context.finding(NOT_VALID, at, what, "Name one of that time.", value=True)
    signed, last = transfer.signed, mechanism.signed_until
    if transfer.until is not None and transfer.until.day < day:
        what = f"This transfer was agreed until {transfer.until}."
        mend = "Renew it, or stop sending."
        yield context.finding(NOT_VALID, (*path, "until"), what, mend, value=True)
    if signed is not None and signed.day > day:
        what = f"This is signed on {signed}, which is yet to come."
        mend = "Send nothing before that day."
        yield context.finding(NOT_VALID, (*path, "signed"), what, mend, value=True)
    elif signed is not None and (last is not None and signed.day > last):
        what = f"{title} could be signed until {last}{told}"
        yield context.finding(NOT_VALID, (*path, "signed"), what, instead, value=True)
    elif signed is not None and signed.day < mechanism.since and not day < mechanism.since:
        what = f"{title} did not exist on {signed}{told}"
        mend = "Say the day on which this text was signed."
        yield context.finding(NOT_VALID, (*path, "signed"), what, mend, value=True)


def _reach(
    context: Context,
    at: Path,
    word: str,
    mechanism: Mechanism,
    country: Country | None,
    day: date,
) -> Iterator[Finding]:
    home = context.policy.organisation.country
    if mechanism.exporter != "EEA" and home in EEA:
        title = mechanism.title[0].upper() + mechanism.title[1:]
        what = f"{title} is for data that leave {mechanism.exporter}, not {home}."
        mend = f"Today: {mechanism.instead}."
        yield context.finding(NOT_HERE, at, what, mend, value=True)
    if country is None:
        return
    if word == "adequacy" and not protects_as_here(country, day):
        what = f"There is no adequacy decision for {country} on {day}."
        mend = "Say scc_2021_914, with its module and the day it was signed."
        if country == "US":
            mend = "For one on its list say dpf. Otherwise: scc_2021_914."
        yield context.finding(NOT_HERE, at, what, mend, value=True)
    elif mechanism.countries is not None and country not in mechanism.countries:
        reached = ", ".join(sorted(mechanism.countries))
        what = f"“{word}” reaches {reached}, not {country}."
        mend = "Name a mechanism for that country, such as scc_2021_914."
        yield context.finding(NOT_HERE, at, what, mend, value=True)


def _papers(
    context: Context, path: Path, transfer: Transfer, mechanism: Mechanism, day: date
) -> Iterator[Finding]:
    missing = []
    if mechanism.modules and not context.says((*path, "module")):
        missing.append("`module:`")
    if mechanism.signature and not context.says((*path, "signed")):
        missing.append("`signed:`")
    if missing:
        what = f"Of {mechanism.title} nothing says {' and '.join(missing)}."
        mend = "Say which module was signed, and on which day."
        yield context.finding(INCOMPLETE, path, what, mend)
    module = transfer.module
    if mechanism.modules and module is not None and module not in mechanism.modules:
        what = f"There is no module {module}."
        mend = f"There are {', '.join(map(str, mechanism.modules))}."
        yield context.finding(INCOMPLETE, (*path, "module"), what, mend, value=True)
    in_force = mechanism.until is None or day <= mechanism.until
    asked = mechanism.assessment and in_force and day >= SCHREMS_II
    if asked and not context.says((*path, "assessment")):
        what = "Nothing says that the law of the other country was looked at."
        mend = "Say `assessment:` with where the transfer assessment lies."
        yield context.finding(NO_ASSESSMENT, path, what, mend)


def _module(context: Context, path: Path, recipient: Recipient) -> Iterator[Finding]:
    transfer, role = recipient.transfer, context.policy.role
    mechanism = MECHANISMS.get(transfer.mechanism or "") if transfer else None
    if transfer is None or role is None or mechanism is None or not mechanism.modules:
        return
    fits = MODULES.get((role, recipient.role))
    if fits and transfer.module in mechanism.modules and transfer.module != fits:
        what = f"Module {transfer.module} is not for a {role} who sends to a {recipient.role}."
        yield context.finding(WRONG_MODULE, (*path, "module"), what, f"Say {fits}.", value=True)


CHECK = Check(
    (MISSING, UNKNOWN, NOT_VALID, INCOMPLETE, NOT_HERE, WRONG_MODULE, NO_ASSESSMENT), find
)
